//! The check digits of public schemes.

/// ISO/IEC 7812-1 annex B: doubling every second digit from the right, the sum ends in zero.
pub(super) fn luhn(digits: &str) -> bool {
    let mut sum = 0;
    for (index, byte) in digits.bytes().rev().enumerate() {
        if !byte.is_ascii_digit() {
            return false;
        }
        let mut digit = u32::from(byte - b'0');
        if index % 2 == 1 {
            digit = if digit > 4 { digit * 2 - 9 } else { digit * 2 };
        }
        sum += digit;
    }
    !digits.is_empty() && sum % 10 == 0
}

/// Remainder of a number written in decimal digits.
pub(super) fn remainder(digits: &str, modulus: u64) -> u64 {
    digits.bytes().filter(u8::is_ascii_digit).fold(0, |rest, b| (rest * 10 + u64::from(b - b'0')) % modulus)
}

/// ISO 7064 MOD 97-10 as ISO 13616 applies it to IBANs: the first four characters moved to the end, letters as 10 to 35.
pub(super) fn iban(bare: &str) -> bool {
    let head = bare.as_bytes();
    if !(15..=34).contains(&head.len())
        || !head[..2].iter().all(u8::is_ascii_lowercase)
        || !head[2..4].iter().all(u8::is_ascii_digit)
    {
        return false;
    }
    let mut rest = 0u64;
    for byte in head[4..].iter().chain(&head[..4]) {
        rest = match byte {
            b'0'..=b'9' => (rest * 10 + u64::from(byte - b'0')) % 97,
            b'a'..=b'z' => (rest * 100 + u64::from(byte - b'a') + 10) % 97,
            _ => return false,
        };
    }
    rest == 1
}

/// The length of the IBANs of each country (ISO 13616, as the IBAN registry lists them).
const IBAN_LENGTHS: &str = "ad24 ae23 al28 at20 az28 ba20 be16 bg22 bh22 bi27 br29 by28 ch21 cr22 cy28 cz24 de22 dj27 dk18 do28 ee20 \
    eg29 es24 fi18 fk18 fo18 fr27 gb22 ge22 gi23 gl18 gr27 gt28 hn28 hr21 hu28 ie22 il23 iq23 is26 it27 jo30 kw30 kz20 lb28 lc32 li21 \
    lt20 lu20 lv21 ly25 mc27 md24 me22 mk19 mn20 mr27 mt31 mu30 ni28 nl18 no15 om23 pk24 pl28 ps29 pt25 qa29 ro24 rs22 ru33 sa24 \
    sc31 sd18 se24 si19 sk24 sm27 so23 st25 sv28 tl23 tn24 tr26 ua29 va22 vg24 xk20 ye30";

/// What has an IBAN's form alone: a country, two check digits and the length of that country, ten digits at least. Who types one down
/// gets a digit wrong now and then, and the rest tells whose account it is all the same.
pub(super) fn iban_form(bare: &str) -> bool {
    /// Shorter ones are taken for what other numbers are too.
    const SHORTEST: usize = 18;
    let (head, digits) = (bare.as_bytes(), bare.bytes().filter(u8::is_ascii_digit).count());
    let length = |country: &[u8]| {
        let known = IBAN_LENGTHS.split_ascii_whitespace().find(|known| known.as_bytes().starts_with(country));
        known.and_then(|known| known[2..].parse::<usize>().ok())
    };
    head.len() >= SHORTEST
        && digits >= 10
        && head[..2].iter().all(u8::is_ascii_lowercase)
        && head[2..4].iter().all(u8::is_ascii_digit)
        && head.iter().all(u8::is_ascii_alphanumeric)
        && length(&head[..2]) == Some(head.len())
}

/// Sum of digits times weights, from the left.
fn weighted(digits: &str, weights: &[u32]) -> u32 {
    digits.bytes().zip(weights).map(|(b, w)| u32::from(b.wrapping_sub(b'0')) * w).sum()
}

fn all_digits(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|b| b.is_ascii_digit())
}

fn same_digit(text: &str) -> bool {
    text.bytes().all(|b| b == text.as_bytes()[0])
}

/// Payment card: 13 to 19 digits of a known issuer range with a valid Luhn digit.
pub(super) fn card(bare: &str) -> bool {
    in_card_range(bare) && luhn(bare)
}

/// What has a card number's form alone: 15 digits or more of a known issuer range. Of a card number with one digit mistyped, ten
/// guesses are left.
pub(super) fn card_form(bare: &str) -> bool {
    bare.len() >= 15 && in_card_range(bare)
}

/// Whether 13 to 19 digits begin as an issuer's card numbers of that length do.
fn in_card_range(bare: &str) -> bool {
    if !(13..=19).contains(&bare.len()) || !bare.bytes().all(|b| b.is_ascii_digit()) || same_digit(bare) {
        return false;
    }
    let prefix = |length: usize| bare[..length].parse::<u32>().unwrap_or(0);
    let length = bare.len();
    match prefix(1) {
        4 => matches!(length, 13 | 16 | 19),
        5 => (51..=55).contains(&prefix(2)) && length == 16 || matches!(prefix(2), 50 | 56..=58) && length >= 13,
        3 => {
            matches!(prefix(2), 34 | 37) && length == 15
                || matches!(prefix(2), 30 | 36 | 38 | 39) && length >= 14
                || prefix(2) == 35 && length >= 16
        }
        2 => (2221..=2720).contains(&prefix(4)) && length == 16 || (2200..=2204).contains(&prefix(4)) && length >= 16,
        6 => length >= 16 || prefix(2) == 63 || prefix(2) == 67,
        8 => prefix(2) == 81 && length >= 16,
        9 => prefix(4) == 9792 && length == 16,
        _ => false,
    }
}

/// Spain's DNI and NIE: number modulo 23 names the letter (Royal Decree 1553/2005).
pub(super) fn dni(bare: &str) -> bool {
    if bare.len() != 9 || !bare.is_ascii() {
        return false;
    }
    let (number, letter) = bare.split_at(8);
    let number = match &number[..1] {
        "x" => format!("0{}", &number[1..]),
        "y" => format!("1{}", &number[1..]),
        "z" => format!("2{}", &number[1..]),
        _ => number.to_owned(),
    };
    all_digits(&number, 8) && b"trwagmyfpdxbnjzsqvhlcke"[remainder(&number, 23) as usize] == letter.as_bytes()[0]
}

/// Mexico's CURP: form, birth date digits and check digit (base 37 weights from 18 down).
pub(super) fn curp(bare: &str) -> bool {
    const ALPHABET: &str = "0123456789abcdefghijklmn*opqrstuvwxyz";
    let b = bare.as_bytes();
    if b.len() != 18
        || !b[..4].iter().all(u8::is_ascii_lowercase)
        || !b[4..10].iter().all(u8::is_ascii_digit)
        || !matches!(b[10], b'h' | b'm' | b'x')
    {
        return false;
    }
    let sum: u32 =
        b[..17].iter().zip((2..=18).rev()).map(|(c, w)| ALPHABET.find(*c as char).unwrap_or(0) as u32 * w).sum();
    u32::from(b[17].wrapping_sub(b'0')) == (10 - sum % 10) % 10
}

/// Mexico's RFC of a natural person by its form: four letters, six digits of a date, three of homoclave.
pub(super) fn rfc_person(bare: &str) -> bool {
    let b = bare.as_bytes();
    b.len() == 13
        && b[..4].iter().all(u8::is_ascii_lowercase)
        && b[4..10].iter().all(u8::is_ascii_digit)
        && plausible_month_day(&bare[6..10])
}

fn plausible_month_day(mmdd: &str) -> bool {
    let (month, day) = (mmdd[..2].parse().unwrap_or(0), mmdd[2..].parse().unwrap_or(0));
    (1..=12).contains(&month) && (1..=31).contains(&day)
}

/// Chile's RUT: weights 2 to 7 from the right, modulo 11.
pub(super) fn rut(bare: &str) -> bool {
    if !(8..=9).contains(&bare.len()) || !bare.is_ascii() {
        return false;
    }
    let (number, check) = bare.split_at(bare.len() - 1);
    if !number.bytes().all(|b| b.is_ascii_digit()) {
        return false;
    }
    let sum: u32 =
        number.bytes().rev().zip([2, 3, 4, 5, 6, 7].into_iter().cycle()).map(|(b, w)| u32::from(b - b'0') * w).sum();
    let expected = match 11 - sum % 11 {
        11 => '0',
        10 => 'k',
        d => char::from(b'0' + d as u8),
    };
    check.starts_with(expected)
}

/// Brazil's CPF: two check digits modulo 11.
pub(super) fn cpf(bare: &str) -> bool {
    if !all_digits(bare, 11) || same_digit(bare) {
        return false;
    }
    let digit = |take: usize| {
        let weights: Vec<u32> = (2..=take as u32 + 1).rev().collect();
        let rest = weighted(&bare[..take], &weights) * 10 % 11 % 10;
        bare.as_bytes()[take] == b'0' + rest as u8
    };
    digit(9) && digit(10)
}

/// Mexico's CLABE: weights 3, 7, 1 modulo 10.
pub(super) fn clabe(bare: &str) -> bool {
    if !all_digits(bare, 18) || same_digit(bare) {
        return false;
    }
    let sum: u32 =
        bare.bytes().take(17).zip([3, 7, 1].into_iter().cycle()).map(|(b, w)| u32::from(b - b'0') * w % 10).sum();
    u32::from(bare.as_bytes()[17] - b'0') == (10 - sum % 10) % 10
}

/// Argentina's CBU: two blocks with weights 7, 1, 3, 9 and 3, 9, 7, 1.
pub(super) fn cbu(bare: &str) -> bool {
    if !all_digits(bare, 22) || same_digit(bare) {
        return false;
    }
    let check =
        |block: &str, weights: &[u32], digit: u8| (10 - weighted(block, weights) % 10) % 10 == u32::from(digit - b'0');
    check(&bare[..7], &[7, 1, 3, 9, 7, 1, 3], bare.as_bytes()[7])
        && check(&bare[8..21], &[3, 9, 7, 1, 3, 9, 7, 1, 3, 9, 7, 1, 3], bare.as_bytes()[21])
}

/// China's resident identity number, GB 11643: birth date and ISO 7064 MOD 11-2.
pub(super) fn cn_resident(bare: &str) -> bool {
    let b = bare.as_bytes();
    if b.len() != 18
        || !b[..17].iter().all(u8::is_ascii_digit)
        || !plausible_month_day(&bare[10..14])
        || !matches!(&bare[6..8], "19" | "20")
    {
        return false;
    }
    let sum = weighted(&bare[..17], &[7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]);
    b"10x98765432"[(sum % 11) as usize] == b[17]
}

/// Taiwan's identity number: a letter worth two digits, then nine digits.
pub(super) fn tw_id(bare: &str) -> bool {
    const VALUES: [u32; 26] =
        [10, 11, 12, 13, 14, 15, 16, 17, 34, 18, 19, 20, 21, 22, 35, 23, 24, 25, 26, 27, 28, 29, 32, 30, 31, 33];
    let b = bare.as_bytes();
    if b.len() != 10
        || !b[0].is_ascii_lowercase()
        || !all_digits(&bare[1..], 9)
        || !matches!(b[1], b'1' | b'2' | b'8' | b'9')
    {
        return false;
    }
    let value = VALUES[usize::from(b[0] - b'a')];
    (value / 10 + value % 10 * 9 + weighted(&bare[1..], &[8, 7, 6, 5, 4, 3, 2, 1, 1])).is_multiple_of(10)
}

/// Hong Kong's identity number without brackets: one or two letters, six digits, check 0-9 or a.
pub(super) fn hk_id(bare: &str) -> bool {
    let letters = bare.bytes().take_while(u8::is_ascii_lowercase).count();
    if !matches!(letters, 1 | 2) || bare.len() != letters + 7 {
        return false;
    }
    let value = |b: u8| if b.is_ascii_digit() { u32::from(b - b'0') } else { u32::from(b - b'a') + 10 };
    let b = bare.as_bytes();
    if !b[letters..letters + 6].iter().all(u8::is_ascii_digit)
        || !(b[letters + 6].is_ascii_digit() || b[letters + 6] == b'a')
    {
        return false;
    }
    let lead = if letters == 1 { 36 * 9 } else { value(b[0]) * 9 };
    let sum: u32 =
        lead + b[letters - 1..].iter().zip([8, 7, 6, 5, 4, 3, 2, 1]).map(|(c, w)| value(*c) * w).sum::<u32>();
    sum.is_multiple_of(11)
}

/// Singapore's NRIC and FIN: a series letter, seven digits and a check letter.
pub(super) fn nric(bare: &str) -> bool {
    let b = bare.as_bytes();
    if b.len() != 9 || !matches!(b[0], b's' | b't' | b'f' | b'g') || !all_digits(&bare[1..8], 7) {
        return false;
    }
    let offset = if matches!(b[0], b't' | b'g') { 4 } else { 0 };
    let index = ((weighted(&bare[1..8], &[2, 7, 6, 5, 4, 3, 2]) + offset) % 11) as usize;
    let letters = if matches!(b[0], b's' | b't') { b"jzihgfedcba" } else { b"xwutrqpnmlk" };
    letters[index] == b[8]
}

/// India's Aadhaar: twelve digits, Verhoeff's check.
pub(super) fn aadhaar(bare: &str) -> bool {
    const D: [[u8; 10]; 10] = [
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
        [1, 2, 3, 4, 0, 6, 7, 8, 9, 5],
        [2, 3, 4, 0, 1, 7, 8, 9, 5, 6],
        [3, 4, 0, 1, 2, 8, 9, 5, 6, 7],
        [4, 0, 1, 2, 3, 9, 5, 6, 7, 8],
        [5, 9, 8, 7, 6, 0, 4, 3, 2, 1],
        [6, 5, 9, 8, 7, 1, 0, 4, 3, 2],
        [7, 6, 5, 9, 8, 2, 1, 0, 4, 3],
        [8, 7, 6, 5, 9, 3, 2, 1, 0, 4],
        [9, 8, 7, 6, 5, 4, 3, 2, 1, 0],
    ];
    const P: [[u8; 10]; 8] = [
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
        [1, 5, 7, 6, 2, 8, 3, 0, 9, 4],
        [5, 8, 0, 3, 7, 9, 6, 1, 4, 2],
        [8, 9, 1, 6, 0, 4, 3, 5, 2, 7],
        [9, 4, 5, 3, 1, 2, 6, 8, 7, 0],
        [4, 2, 8, 6, 5, 7, 3, 9, 0, 1],
        [2, 7, 9, 3, 8, 0, 6, 4, 1, 5],
        [7, 0, 4, 6, 9, 1, 3, 2, 5, 8],
    ];
    if !all_digits(bare, 12) || matches!(bare.as_bytes()[0], b'0' | b'1') {
        return false;
    }
    let mut check = 0u8;
    for (index, byte) in bare.bytes().rev().enumerate() {
        check = D[usize::from(check)][usize::from(P[index % 8][usize::from(byte - b'0')])];
    }
    check == 0
}

/// South Africa's identity number: birth date, citizenship digit, Luhn.
pub(super) fn za_id(bare: &str) -> bool {
    all_digits(bare, 13) && plausible_month_day(&bare[2..6]) && matches!(bare.as_bytes()[10], b'0'..=b'2') && luhn(bare)
}

/// France's NIR: sex, year, month, department and the key 97 − (number mod 97).
pub(super) fn nir(bare: &str) -> bool {
    if bare.len() != 15 || !matches!(bare.as_bytes()[0], b'1' | b'2' | b'7' | b'8') {
        return false;
    }
    // Corsica's 2a and 2b count as 19 and 18.
    let number = bare[..13].replace("2a", "19").replace("2b", "18");
    all_digits(&number, 13)
        && all_digits(&bare[13..], 2)
        && 97 - remainder(&number, 97) == bare[13..].parse().unwrap_or(0)
}

/// Belgium's national number: birth date, then 97 − (number mod 97), with a 2 in front for those born from 2000.
pub(super) fn be_national(bare: &str) -> bool {
    if !all_digits(bare, 11) {
        return false;
    }
    let check: u64 = bare[9..].parse().unwrap_or(0);
    plausible_month_day(&bare[2..6])
        && (97 - remainder(&bare[..9], 97) == check || 97 - remainder(&format!("2{}", &bare[..9]), 97) == check)
}

/// Switzerland's AHV number: 756 and an EAN-13 check digit.
pub(super) fn ch_ahv(bare: &str) -> bool {
    if !all_digits(bare, 13) || !bare.starts_with("756") {
        return false;
    }
    let sum = weighted(&bare[..12], &[1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3]);
    u32::from(bare.as_bytes()[12] - b'0') == (10 - sum % 10) % 10
}

/// United Kingdom's national insurance number by its form.
pub(super) fn nino(bare: &str) -> bool {
    let b = bare.as_bytes();
    b.len() == 9
        && b[..2].iter().all(u8::is_ascii_lowercase)
        && !b[..2].iter().any(|c| b"dfiquv".contains(c))
        && b[2..8].iter().all(u8::is_ascii_digit)
        && matches!(b[8], b'a'..=b'd')
}

/// India's PAN by its form: five letters, the fourth the holder's kind, four digits, a letter.
pub(super) fn pan_in(bare: &str) -> bool {
    let b = bare.as_bytes();
    b.len() == 10
        && b[..5].iter().all(u8::is_ascii_lowercase)
        && b"abcfghjlpt".contains(&b[3])
        && b[5..9].iter().all(u8::is_ascii_digit)
        && b[9].is_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    // Published examples: card schemes' test numbers, the IBAN registry's examples, the sample numbers that the issuing
    // bodies print in their specifications.
    #[test]
    fn a_mistyped_card_number_still_has_its_form() {
        assert!(card_form("4111111111111112") && card_form("378282246310006"));
        assert!(!card_form("4111111111112") && !card_form("1111111111111111") && !card_form("9111111111111111"));
    }

    #[test]
    fn a_mistyped_iban_still_has_its_form() {
        assert!(iban_form("gb29nwbk60161331926818") && iban_form("fr7630004000031234567890143"));
        for other in ["gb29nwbk6016133192681", "zz29nwbk60161331926818", "no1212345678901", "esta1234567890123456789z"]
        {
            assert!(!iban_form(other), "{other}");
        }
        assert!(IBAN_LENGTHS.split_ascii_whitespace().all(|known| known.len() == 4));
    }

    #[test]
    fn published_examples_pass_and_one_changed_digit_fails() {
        type Scheme = fn(&str) -> bool;
        let cases: [(Scheme, &str, &str); 13] = [
            (card, "4111111111111111", "4111111111111112"),
            (card, "2223003122003222", "2223003122003221"),
            (card, "378282246310005", "378282246310006"),
            (iban, "gb29nwbk60161331926819", "gb29nwbk60161331926818"),
            (iban, "pk36scbl0000001123456702", "pk36scbl0000001123456703"),
            (dni, "12345678z", "12345678a"),
            (dni, "x8668541w", "x8668541v"),
            (cn_resident, "11010519491231002x", "110105194912310021"),
            (nir, "255081416802538", "255081416802539"),
            (cpf, "52998224725", "52998224724"),
            (clabe, "032180000118359719", "032180000118359718"),
            (rut, "125319092", "125319091"),
            (tw_id, "a123456789", "a123456788"),
        ];
        for (scheme, good, bad) in cases {
            assert!(scheme(good), "{good}");
            assert!(!scheme(bad), "{bad}");
        }
        assert!(ch_ahv("7569217076985") && nric("s1234567d") && hk_id("a1234563") && za_id("8001015009087"));
    }
}
