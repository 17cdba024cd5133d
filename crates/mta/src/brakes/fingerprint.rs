//! A fingerprint of a text (Charikar's simhash): similar texts have fingerprints that differ in few bits, and nothing
//! of a text can be read from its own. Salutations, numbers and addresses that change from one recipient to the next
//! weigh little; hosts of links weigh much.

use memchr::memmem;

/// Octets of a body that are looked at.
const MOST: usize = 16 << 10;
/// A text with fewer words than this is taken as a whole.
const FEW: usize = 12;
/// Words beyond this length are encoded files.
const LONGEST: usize = 40;
/// A host weighs as many words.
const HOST_WEIGHT: i32 = 4;

/// Of a whole message, header included.
#[must_use]
pub fn fingerprint(message: &[u8]) -> u64 {
    let body = memmem::find(message, b"\r\n\r\n").map_or(&[][..], |end| &message[end + 4..]);
    let body = &body[..body.len().min(MOST)];
    let mut sums = [0_i32; 64];
    let mut words = 0;
    for word in body.split(|octet| !is_of_word(*octet)) {
        if !(3..=LONGEST).contains(&word.len()) || word.iter().any(u8::is_ascii_digit) {
            continue;
        }
        words += 1;
        // What has a dot in the middle is a host or the end of a sentence without a blank.
        let weight = if word[1..word.len() - 1].contains(&b'.') { HOST_WEIGHT } else { 1 };
        let hash = hash_of(word);
        for (bit, sum) in sums.iter_mut().enumerate() {
            *sum += if hash >> bit & 1 == 1 { weight } else { -weight };
        }
    }
    if words < FEW {
        return hash_of(body);
    }
    sums.iter().enumerate().fold(0, |print, (bit, sum)| if *sum > 0 { print | 1 << bit } else { print })
}

const fn is_of_word(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || octet >= 0x80 || matches!(octet, b'.' | b'-')
}

/// FNV-1a with the case ignored, and its bits well mixed (the last step of `SplitMix64`).
fn hash_of(octets: &[u8]) -> u64 {
    let hash = octets.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, octet| {
        (hash ^ u64::from(octet.to_ascii_lowercase())).wrapping_mul(0x0100_0000_01b3)
    });
    let hash = (hash ^ hash >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let hash = (hash ^ hash >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ hash >> 31
}

#[cfg(test)]
mod tests {
    use super::*;

    const LETTER: &str = "we are pleased to tell you that your parcel is waiting at our office and that a small fee \
                          is still to be paid before friday please follow the link to https://paket.fremd.test/pay and \
                          have your card at hand many thanks and kind regards from your friendly parcel service";

    fn of(text: &str) -> u64 {
        fingerprint(format!("From: a@own.test\r\nSubject: x\r\n\r\n{text}\r\n").as_bytes())
    }

    #[test]
    fn a_changed_salutation_and_number_leave_it_alike() {
        let first = of(&format!("Dear Anna, order 4711: {LETTER}"));
        for other in ["Dear Bernd, order 99: ", "Hello Christine Schmidt, order 1: ", ""] {
            let distance = (first ^ of(&format!("{other}{LETTER}"))).count_ones();
            assert!(distance <= 6, "{other}: {distance}");
        }
        assert_eq!(of(LETTER), of(&LETTER.to_uppercase()));
    }

    #[test]
    fn other_texts_are_not_alike() {
        let other = "the minutes of the last meeting are attached as agreed the next one takes place in the town hall \
                     on the second tuesday of may at seven please send your proposals to the board before easter so \
                     that everybody has time to read them the treasurer reports on the roof and the choir sings";
        assert!((of(LETTER) ^ of(other)).count_ones() > 12);
        assert!((of("short") ^ of("brief")).count_ones() > 12);
        assert_eq!(fingerprint(b"no header end"), fingerprint(b""));
    }
}
