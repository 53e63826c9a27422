//! The same notes in every encoding, and in every dress that systems put them in, give the same findings at the right places.

use std::collections::BTreeMap;

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

/// A table whose identifiers and agents begin with `name`.
fn table(name: &str, notes: &[[&str; 2]], line_end: &str) -> String {
    let mut out = format!("note_id,agent_id,language,note{line_end}");
    for (at, [language, note]) in notes.iter().enumerate() {
        out += &format!("{name}/N{at},{name}/A{},{language},\"{note}\"{line_end}", at % 3);
    }
    out
}

/// The findings of each table of a folder, without what its name changes.
fn by_table(findings: &[Value]) -> BTreeMap<String, Vec<String>> {
    let mut out: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for finding in findings {
        let (name, id) = finding["note"].as_str().unwrap().split_once('/').unwrap();
        let keys = ["rule", "start", "end", "text", "message", "points"].map(|key| finding[key].to_string());
        out.entry(name.to_owned()).or_default().push(format!("{id} {}", keys.join(" ")));
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
    let little = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let big = |text: &str| text.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<u8>>();
    let latin = |name: &str| table(name, &LATIN, "\r\n");
    let han = |name: &str| table(name, &HAN, "\n");
    let mixed = |name: &str| table(name, &all, "\n");
    let marked = |text: String| format!("\u{feff}{text}");
    let traditional = "note_id,agent_id,language,note\nbig5/N0,A,zh,客戶態度惡劣，來電投訴寬頻斷線，已派單處理\n";
    let cases: [(&str, Vec<u8>, &str, &str, &str); 13] = [
        ("utf-8", mixed("utf-8").into(), "mixed", "UTF-8", "valid throughout"),
        ("utf-8-mark", marked(mixed("utf-8-mark")).into(), "mixed", "UTF-8", "byte order mark"),
        ("utf-16le", little(&mixed("utf-16le")), "mixed", "UTF-16LE", "two bytes"),
        ("utf-16be", big(&mixed("utf-16be")), "mixed", "UTF-16BE", "two bytes"),
        ("utf-16le-mark", little(&marked(mixed("utf-16le-mark"))), "mixed", "UTF-16LE", "byte order mark"),
        ("utf-16be-mark", big(&marked(mixed("utf-16be-mark"))), "mixed", "UTF-16BE", "byte order mark"),
        ("utf-16be-han", big(&han("utf-16be-han")), "han", "UTF-16BE", "two bytes"),
        ("windows-1252", web(WINDOWS_1252, &latin("windows-1252")), "latin", "windows-1252", "Latin-1"),
        ("mac", web(MACINTOSH, &table("mac", &LATIN, "\r")), "latin", "macintosh", "guessed"),
        ("cp850", cp850(&latin("cp850")), "latin", "cp850", "guessed"),
        ("gb18030", web(GB18030, &mixed("gb18030")), "mixed", "gb18030", "guessed"),
        ("gb18030-han", web(GB18030, &han("gb18030-han")), "han", "gb18030", "guessed"),
        ("big5", web(BIG5, traditional), "", "Big5", "guessed"),
    ];
    for (name, bytes, ..) in &cases {
        place.write(&format!("all/{name}.csv"), bytes);
    }
    for (name, text) in [("latin", latin("latin")), ("han", han("han")), ("mixed", mixed("mixed"))] {
        place.write(&format!("all/{name}.csv"), text);
    }
    let shown = place.acw(&["columns", "all"]).out;
    let found = by_table(&place.findings(&["all"]));
    for (name, _, plain, encoding, reason) in &cases {
        let line = shown.lines().find(|line| line.contains(&format!("{name}.csv: "))).unwrap();
        assert!(line.contains(&format!(" {encoding} (")) && line.contains(reason), "{line}");
        match found.get(*plain) {
            Some(expected) => {
                assert!(expected.len() > 4, "{expected:?}");
                assert_eq!(&found[*name], expected, "{name}");
            }
            None => assert!(found[*name].iter().any(|f| f.contains("態度惡劣")), "{:?}", found[*name]),
        }
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
    assert!(findings.iter().any(|f| f["note"] == "last" && f["text"] == "es un inútil"), "{:?}", findings.last());
}

#[test]
fn rows_that_are_not_in_the_encoding_are_listed_in_every_encoding() {
    let place = Place::new();
    let mut bytes = GB18030.encode(&table("han", &HAN, "\n")).0.into_owned();
    bytes.extend(b"bad,A,zh,\xbf\xcd\xff\xbb\xa7\nN9,A,en,fine\n");
    place.write("n.csv", bytes);
    let done = place.acw(&["audit", "n.csv"]);
    assert!(done.err.contains("the row is not valid gb18030"), "{}", done.err);
    assert!(done.out.contains("Rows read: 7 = 6 audited + 1 rejected."), "{}", done.out);
}

/// The findings of each cell, the note of an agent of its own; the cell's words at each finding's place stand with its rule.
fn placed(place: &Place, cells: &[&str]) -> Vec<Vec<(String, String)>> {
    let row = |(at, cell): (usize, &&str)| {
        let id = at.to_string();
        let row = serde_json::json!({"note_id": id, "agent_id": id, "language": "en", "disposition": "resolved", "note": cell});
        row.to_string() + "\n"
    };
    place.write("n.jsonl", cells.iter().enumerate().map(row).collect::<String>());
    let mut out = vec![Vec::new(); cells.len()];
    for finding in place.findings(&["n.jsonl"]) {
        let at: usize = finding["note"].as_str().unwrap().parse().unwrap();
        let chars: Vec<char> = cells[at].chars().collect();
        let words = || {
            let (start, end) = (finding["start"].as_u64()? as usize, finding["end"].as_u64()? as usize);
            Some(chars[start..end].iter().collect())
        };
        out[at].push((finding["rule"].as_str().unwrap().to_owned(), words().unwrap_or_default()));
    }
    out
}

fn rules(findings: &[(String, String)]) -> Vec<&str> {
    findings.iter().map(|(rule, _)| rule.as_str()).collect()
}

#[test]
fn markup_and_unseen_signs_hide_nothing_and_move_nothing() {
    let place = Place::new();
    let found = placed(
        &place,
        &[
            "Cust was very rude about R&D.\nTold the idiot to pay; card 4111 1111 1111 1111.",
            "<p>Cust was very&nbsp;rude about R&amp;D.</p><p>Told the <b>idiot</b> to pay; card 4111 1111 1111 1111.</p>",
            "Cust was very rude about R&amp;D.\nTold the idi&#8203;ot to pay; card 4111 1111 1111 1111.",
            "Cust was very rude about R&D.\rTold the idi\u{200b}ot to pay; card 4111\u{ad} 1111 1111 1111.",
            "Cust was very rude about R&D.\u{2028}Told the ｉｄｉｏｔ to pay; card ４１１１ １１１１ １１１１ １１１１.",
            "&lt;div&gt;Cust was very rude about R&amp;amp;D.&lt;/div&gt;Told the idiot\u{7} to pay; card 4111\u{a0}1111\u{a0}1111\u{a0}1111.",
            "<p>Told the <b>idiot</b> to pay</p>",
        ],
    );
    assert!(found[0].len() >= 4, "{:?}", found[0]);
    for here in &found[1..6] {
        assert_eq!(rules(here), rules(&found[0]), "{here:?}");
        for (_, words) in here {
            assert!(!words.starts_with(['<', '&']) && !words.ends_with(['>', ';']), "{words}");
        }
        let words = |rule: &str| here.iter().find(|(own, _)| own == rule).map(|(_, words)| words.as_str());
        assert!(
            words("card-number").is_some_and(|w| w.ends_with(['1', '１']) && w.starts_with(['4', '４'])),
            "{here:?}"
        );
    }
    assert!(found[6].contains(&("insult".to_owned(), "idiot".to_owned())), "{:?}", found[6]);
}

#[test]
fn quoted_mail_is_not_the_agents_but_secrets_and_numbers_in_it_count() {
    let place = Place::new();
    let own = "Refunded 20 EUR and told her so, closed.";
    let with = format!(
        "{own}\n\nOn Mon, May 4, 2026 at 10:02 AM Ana <ana@mail.example> wrote:\n> I was charged twice for order 4471823, you \
         idiots\n> cust is rude [NAME], card 4111 1111 1111 1111\n"
    );
    let cells = [own, &with, "> you idiots\n> again", "Done:\n> told the idiot to pay\n> closed"];
    let found = placed(&place, &cells);
    assert!(
        rules(&found[0]).contains(&"missing-reference") && rules(&found[0]).contains(&"missing-reason"),
        "{:?}",
        found[0]
    );
    assert_eq!(found[1], [("card-number".to_owned(), "4111 1111 1111 1111".to_owned())]);
    assert!(rules(&found[2]).contains(&"insult"), "nothing but quoted lines is audited whole: {:?}", found[2]);
    assert!(rules(&found[3]).contains(&"insult"), "a list is the agent's: {:?}", found[3]);
}

#[test]
fn text_that_was_encoded_twice_is_mended_and_said() {
    let place = Place::new();
    let twice = |text: &str| WINDOWS_1252.decode_without_bom_handling(text.as_bytes()).0.into_owned();
    let mut rows = String::from("note_id,language,note\n");
    for at in 0..5 {
        rows += &format!("N{at},es,{}\n", twice("El técnico es un inútil; la señora llamó"));
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
        findings.iter().find(|f| f["note"] == "N0" && f["text"] == "es un inútil").expect("the mended word is found");
    let cell: Vec<char> = twice("El técnico es un inútil; la señora llamó").chars().collect();
    let (start, end) = (insult["start"].as_u64().unwrap() as usize, insult["end"].as_u64().unwrap() as usize);
    assert_eq!(cell[start..end].iter().collect::<String>(), twice("es un inútil"));
}
