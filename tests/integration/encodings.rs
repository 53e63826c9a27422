//! The same notes in every encoding, and in every dress that systems put them in, give the same findings at the right places.

use encoding_rs::{BIG5, Encoding, GB18030, MACINTOSH, WINDOWS_1252};
use oem_cp::code_table::ENCODING_TABLE_CP850;
use serde_json::Value;

use crate::support::Place;

const LATIN: [[&str; 2]; 15] = [
    ["es", "Clte llama muy grosero por doble cobro; se explica la factura y queda pendiente."],
    ["es", "Señora pide baja de la línea, se abre caso y se llamará mañana."],
    ["es", "El técnico es un inútil según yo; se agenda visita para el miércoles 5."],
    ["es", "SEÑOR LLAMÓ POR AVERÍA EN SU LÍNEA, NO SE SOLUCIONÓ NADA Y CORTÓ LA LLAMADA"],
    ["es", "Su tarjeta 4111 1111 1111 1111 fue rechazada, probó con otra y pagó."],
    ["es", "¿Por qué llamó? Obviamente miente, «nunca pagó» dice el sistema."],
    ["fr", "Cliente très impolie à l'accueil, dossier clos ; prélèvement expliqué."],
    ["fr", "Le client râle comme d'hab, accès rétabli après redémarrage de la box."],
    ["fr", "Appelle pour sa facture d'août, geste commercial accordé, réglé."],
    ["fr", "Mot de passe Été2026! donné par téléphone, problème résolu."],
    ["fr", "Rappel prévu [DATE], élément à vérifier côté réseau."],
    ["en", "Cust was very rude about the café bill, as always. Refunded £20, case closed."],
    ["en", "Customer asked about the résumé upload; explained the limit, resolved."],
    ["en", "Caller is an idiot, told him naïve things. Order 4471823 shipped."],
    ["en", "Account password is Maple$2291, reset link sent, ok now."],
];
const HAN: [[&str; 2]; 5] = [
    ["zh", "客户态度恶劣，来电投诉宽带掉线，已派单处理，工单20260504001。"],
    ["zh", "客户要求退款，已登记，等待回复。"],
    ["zh", "用户是个白痴，反复来电，已解释套餐资费，客户表示满意。"],
    ["zh", "客户卡号6222021234567890128，咨询账单，已解答。"],
    ["zh", "尊敬的【姓名】，您的申请已受理。"],
];

fn table(notes: &[[&str; 2]], line_end: &str) -> String {
    let mut out = format!("note_id,agent_id,language,note{line_end}");
    for (at, [language, note]) in notes.iter().enumerate() {
        out += &format!("N{at},A{},{language},\"{note}\"{line_end}", at % 3);
    }
    out
}

fn cp850(text: &str) -> Vec<u8> {
    text.chars().map(|c| if c.is_ascii() { c as u8 } else { ENCODING_TABLE_CP850[&c] }).collect()
}

#[test]
fn every_encoding_gives_the_same_findings_and_is_said() {
    let place = Place::new();
    let all = [LATIN.as_slice(), &HAN].concat();
    let web = |encoding: &'static Encoding, text: &str| encoding.encode(text).0.into_owned();
    let wide = |bytes: fn(u16) -> [u8; 2], text: &str| text.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
    let (latin, mac, han, mixed) = (table(&LATIN, "\r\n"), table(&LATIN, "\r"), table(&HAN, "\n"), table(&all, "\n"));
    let cases: [(&str, &str, Vec<u8>, &str, &str); 15] = [
        ("utf-8", &mixed, mixed.clone().into(), "UTF-8", "valid throughout"),
        ("utf-8-mark", &mixed, [b"\xef\xbb\xbf", mixed.as_bytes()].concat(), "UTF-8", "byte order mark"),
        ("utf-16le", &mixed, wide(u16::to_le_bytes, &mixed), "UTF-16LE", "two bytes"),
        ("utf-16be", &mixed, wide(u16::to_be_bytes, &mixed), "UTF-16BE", "two bytes"),
        ("utf-16le-mark", &mixed, wide(u16::to_le_bytes, &format!("\u{feff}{mixed}")), "UTF-16LE", "byte order mark"),
        ("utf-16be-mark", &mixed, wide(u16::to_be_bytes, &format!("\u{feff}{mixed}")), "UTF-16BE", "byte order mark"),
        ("utf-16le-han", &han, wide(u16::to_le_bytes, &han), "UTF-16LE", "two bytes"),
        ("utf-16be-han", &han, wide(u16::to_be_bytes, &han), "UTF-16BE", "two bytes"),
        ("windows-1252", &latin, web(WINDOWS_1252, &latin), "windows-1252", "Latin-1"),
        ("mac-roman", &mac, web(MACINTOSH, &mac), "macintosh", "guessed"),
        ("cp850", &latin, cp850(&latin), "cp850", "guessed"),
        ("gb18030", &mixed, web(GB18030, &mixed), "gb18030", "guessed"),
        ("gb18030-han", &han, web(GB18030, &han), "gb18030", "guessed"),
        ("gb18030-latin", &latin, web(GB18030, &latin), "gb18030", "asked"),
        (
            "big5",
            "",
            web(BIG5, "note_id,agent_id,language,note\nN1,A,zh,客戶態度惡劣，來電投訴寬頻斷線，已派單處理\n"),
            "Big5",
            "guessed",
        ),
    ];
    for (name, plain, bytes, encoding, reason) in cases {
        let file = format!("{name}.csv");
        place.write(&file, bytes);
        let asked: &[&str] = if reason == "asked" { &["--encoding", "gb18030"] } else { &[] };
        let shown = place.acw(&[&["columns", file.as_str()], asked].concat()).out;
        let first = shown.lines().next().unwrap_or_default();
        assert!(first.contains(&format!(" {encoding} (")) && first.contains(reason), "{name}: {first}");
        let findings = place.findings(&[&[file.as_str()], asked].concat());
        if plain.is_empty() {
            assert!(
                findings.iter().any(|f| f["category"] == "judgement" || f["category"] == "disrespect"),
                "{findings:?}"
            );
            continue;
        }
        place.write("plain.csv", plain);
        let expected = place.findings(&["plain.csv"]);
        assert!(expected.len() > 4, "{name}: {expected:?}");
        assert_eq!(findings, expected, "{name}");
    }
}

#[test]
fn an_encoding_can_be_named_and_a_wrong_name_is_answered() {
    let place = Place::new();
    place.write("n.csv", b"note_id,language,note\n1,es,El t\x8ecnico es un idiota\n");
    let shown = place.acw(&["columns", "n.csv", "--encoding", "Mac Roman"]).out;
    assert!(shown.contains("macintosh (as asked for)"), "{shown}");
    let wrong = place.acw(&["audit", "n.csv", "--encoding", "windws-1252"]);
    assert_eq!(wrong.code, 3);
    assert!(
        wrong.err.contains("no known encoding") && wrong.err.contains("did you mean `windows-1252`?"),
        "{}",
        wrong.err
    );
}

#[test]
fn a_letter_behind_much_ascii_is_read_right() {
    let place = Place::new();
    let mut bytes = String::from("note_id,language,note\n").into_bytes();
    for at in 0..12_000 {
        bytes.extend(format!("{at},en,a note about a bill that was paid\n").into_bytes());
    }
    bytes.extend(b"last,es,El se\xf1or es un in\xfatil\n");
    place.write("n.csv", bytes);
    let findings = place.findings(&["n.csv"]);
    assert!(findings.iter().any(|f| f["note"] == "last" && f["text"] == "inútil"), "{:?}", findings.last());
}

#[test]
fn rows_that_are_not_in_the_encoding_are_listed_in_every_encoding() {
    let place = Place::new();
    let mut bytes = GB18030.encode(&table(&HAN, "\n")).0.into_owned();
    bytes.extend(b"bad,A,zh,\xbf\xcd\xff\xbb\xa7\nN9,A,en,fine\n");
    place.write("n.csv", bytes);
    let done = place.acw(&["audit", "n.csv"]);
    assert!(done.err.contains("the row is not valid gb18030"), "{}", done.err);
    assert!(done.out.contains("Rows read: 7, not readable: 1."), "{}", done.out);
}

/// The audit of one note; the cell's words at each finding's place stand with it.
fn placed(place: &Place, cell: &str, more: &str) -> Vec<(String, String)> {
    let row = serde_json::json!({"note_id": "1", "agent_id": "A", "language": "en", "disposition": more, "note": cell});
    place.write("n.jsonl", row.to_string());
    let findings = place.findings(&["n.jsonl"]);
    let chars: Vec<char> = cell.chars().collect();
    let words = |f: &Value| {
        let (start, end) = (f["start"].as_u64()? as usize, f["end"].as_u64()? as usize);
        Some(chars[start..end].iter().collect())
    };
    findings.iter().map(|f| (f["rule"].as_str().unwrap().to_owned(), words(f).unwrap_or_default())).collect()
}

fn rules(findings: &[(String, String)]) -> Vec<&str> {
    findings.iter().map(|(rule, _)| rule.as_str()).collect()
}

#[test]
fn markup_and_unseen_signs_hide_nothing_and_move_nothing() {
    let place = Place::new();
    let plain =
        placed(&place, "Cust was very rude about R&D.\nTold the idiot to pay; card 4111 1111 1111 1111.", "resolved");
    assert!(plain.len() >= 4, "{plain:?}");
    for cell in [
        "<p>Cust was very&nbsp;rude about R&amp;D.</p><p>Told the <b>idiot</b> to pay; card 4111 1111 1111 1111.</p>",
        "Cust was very rude about R&amp;D.\nTold the idi&#8203;ot to pay; card 4111 1111 1111 1111.",
        "Cust was very rude about R&D.\rTold the idi\u{200b}ot to pay; card 4111\u{ad} 1111 1111 1111.",
        "Cust was very rude about R&D.\u{2028}Told the ｉｄｉｏｔ to pay; card ４１１１ １１１１ １１１１ １１１１.",
        "&lt;div&gt;Cust was very rude about R&amp;amp;D.&lt;/div&gt;Told the idiot\u{7} to pay; card 4111\u{a0}1111\u{a0}1111\u{a0}1111.",
    ] {
        let found = placed(&place, cell, "resolved");
        assert_eq!(rules(&found), rules(&plain), "{cell}: {found:?}");
        for ((rule, here), (_, there)) in found.iter().zip(&plain).filter(|(_, (_, there))| !there.is_empty()) {
            let bare = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
            let same = bare(here).starts_with(bare(there).get(..3).unwrap_or_default())
                || rule == "insult"
                || rule == "card-number";
            assert!(same && !here.starts_with('<') && !here.ends_with('>'), "{cell}: {rule}: {here} for {there}");
        }
    }
    let html = placed(&place, "<p>Told the <b>idiot</b> to pay</p>", "");
    assert!(html.contains(&("insult".to_owned(), "idiot".to_owned())), "{html:?}");
}

#[test]
fn quoted_mail_is_not_the_agents_but_secrets_and_numbers_in_it_count() {
    let place = Place::new();
    let mail = "\n\nOn Mon, May 4, 2026 at 10:02 AM Ana <ana@mail.example> wrote:\n> I was charged twice for order 4471823, you idiots\n> cust is rude [NAME], card 4111 1111 1111 1111\n";
    let own = "Refunded 20 EUR and told her so, closed.";
    let without = placed(&place, own, "resolved");
    let with = placed(&place, &format!("{own}{mail}"), "resolved");
    assert!(
        rules(&without).contains(&"missing-reference") && rules(&without).contains(&"missing-reason"),
        "{without:?}"
    );
    assert_eq!(with, [("card-number".to_owned(), "4111 1111 1111 1111".to_owned())]);
    let whole = placed(&place, "> you idiots\n> again", "resolved");
    assert!(rules(&whole).contains(&"insult"), "nothing but quoted lines is audited whole: {whole:?}");
    let list = placed(&place, "Done:\n> told the idiot to pay\n> closed", "resolved");
    assert!(rules(&list).contains(&"insult"), "a list is the agent's: {list:?}");
}

#[test]
fn text_that_was_encoded_twice_is_mended_and_said() {
    let place = Place::new();
    let twice = |text: &str| WINDOWS_1252.decode_without_bom_handling(text.as_bytes()).0.into_owned();
    let mut rows = String::from("note_id,language,note\n");
    for at in 0..5 {
        rows += &format!("N{at},es,{}\n", twice("El técnico es un inútil, la señora llamó"));
    }
    rows += &format!("N5,es,{} Núñez llamó\n", twice("señora"));
    rows += "N6,es,La señora pagó £5 y Â£3 (NÃO)\n";
    place.write("n.csv", &rows);
    let done = place.acw(&["audit", "n.csv"]);
    assert!(
        done.err.contains("6 of 7 notes hold text that was encoded twice (`tÃ©cnico` for `técnico`)"),
        "{}",
        done.err
    );
    assert!(done.err.contains("5 are audited as they were meant, 1 cannot be brought back"), "{}", done.err);
    let findings = place.findings(&["n.csv"]);
    let insult =
        findings.iter().find(|f| f["note"] == "N0" && f["text"] == "inútil").expect("the mended word is found");
    let cell: Vec<char> = twice("El técnico es un inútil, la señora llamó").chars().collect();
    let (start, end) = (insult["start"].as_u64().unwrap() as usize, insult["end"].as_u64().unwrap() as usize);
    assert_eq!(cell[start..end].iter().collect::<String>(), "inÃºtil");
}
