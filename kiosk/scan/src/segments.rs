//! From the data bits of a code to its text: segments of numbers, capitals, bytes and kanji, each with a
//! mode, a length and its characters (ISO/IEC 18004, 7.4). Bytes are in the character set that an ECI names;
//! where none does, UTF-8 if they are that, else Shift JIS if they are, else Latin-1.

use encoding_rs::{Encoding, GBK, SHIFT_JIS};

/// Bits still to be read, most significant first.
struct Stream<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Stream<'_> {
    fn left(&self) -> usize {
        self.bytes.len() * 8 - self.at
    }

    /// The next `count` bits, at most 16; `None` when there are fewer.
    fn take(&mut self, count: usize) -> Option<u32> {
        if self.left() < count {
            return None;
        }
        let window =
            (0..3).fold(0, |sum, i| sum << 8 | self.bytes.get(self.at / 8 + i).map_or(0, |&b| u32::from(b)));
        let value = window >> (24 - count - self.at % 8) & ((1 << count) - 1);
        self.at += count;
        Some(value)
    }
}

/// What turns bytes into characters.
#[derive(Clone, Copy)]
enum Charset {
    /// Nothing was said: whatever the bytes look like.
    Guess,
    Latin1,
    Named(&'static Encoding),
}

/// The text being put together; kept to reuse its buffer.
#[derive(Default)]
pub(crate) struct Segments {
    /// Bytes of successive byte segments, which may cut a character in two.
    bytes: Vec<u8>,
}

impl Segments {
    /// Appends the text that `data` holds in a code of `version` to `text`. `None`, and `text` as far as it
    /// came, where a segment is cut short or of a mode that does not exist.
    pub fn read(&mut self, data: &[u8], version: usize, text: &mut String) -> Option<()> {
        let mut stream = Stream { bytes: data, at: 0 };
        let size = match version {
            ..10 => 0,
            10..27 => 1,
            _ => 2,
        };
        let mut charset = Charset::Guess;
        self.bytes.clear();
        while stream.left() >= 4 {
            let mode = stream.take(4)?;
            if mode != BYTES {
                self.flush(charset, text);
            }
            match mode {
                END => break,
                NUMBERS => numbers(&mut stream, [10, 12, 14][size], text)?,
                CAPITALS => capitals(&mut stream, [9, 11, 13][size], text)?,
                BYTES => {
                    let count = stream.take([8, 16, 16][size])?;
                    for _ in 0..count {
                        self.bytes.push(stream.take(8)? as u8);
                    }
                }
                HANZI => hanzi(&mut stream, [8, 10, 12][size], text)?,
                KANJI => kanji(&mut stream, [8, 10, 12][size], text)?,
                ECI => charset = eci(&mut stream)?,
                // Position and parity of a part among several: each part's text stands for itself.
                PART => drop(stream.take(16)?),
                GS1 => {}
                INDUSTRY => drop(stream.take(8)?),
                _ => return None,
            }
        }
        self.flush(charset, text);
        Some(())
    }

    fn flush(&mut self, charset: Charset, text: &mut String) {
        match charset {
            _ if self.bytes.is_empty() => {}
            Charset::Guess => guess(&self.bytes, text),
            Charset::Latin1 => text.extend(self.bytes.iter().map(|&b| char::from(b))),
            Charset::Named(encoding) => text.push_str(&encoding.decode_without_bom_handling(&self.bytes).0),
        }
        self.bytes.clear();
    }
}

const END: u32 = 0;
const NUMBERS: u32 = 1;
const CAPITALS: u32 = 2;
const PART: u32 = 3;
const BYTES: u32 = 4;
const GS1: u32 = 5;
const ECI: u32 = 7;
const KANJI: u32 = 8;
const INDUSTRY: u32 = 9;
const HANZI: u32 = 13;

/// Three digits in ten bits, two in seven, one in four.
fn numbers(stream: &mut Stream<'_>, length: usize, text: &mut String) -> Option<()> {
    let mut count = stream.take(length)? as usize;
    while count > 0 {
        let digits = count.min(3);
        let value = stream.take([4, 7, 10][digits - 1])?;
        let most = [10, 100, 1000][digits - 1];
        if value >= most {
            return None;
        }
        text.extend([100, 10, 1][3 - digits..].iter().map(|ten| char::from(b'0' + (value / ten % 10) as u8)));
        count -= digits;
    }
    Some(())
}

/// Two of 45 characters in eleven bits, one in six.
fn capitals(stream: &mut Stream<'_>, length: usize, text: &mut String) -> Option<()> {
    const SET: &[u8; 45] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
    let mut one = |value: u32| {
        text.push(char::from(*SET.get(value as usize)?));
        Some(())
    };
    let count = stream.take(length)?;
    for _ in 0..count / 2 {
        let pair = stream.take(11)?;
        one(pair / 45)?;
        one(pair % 45)?;
    }
    if count % 2 == 1 {
        one(stream.take(6)?)?;
    }
    Some(())
}

/// Thirteen bits a character of Shift JIS.
fn kanji(stream: &mut Stream<'_>, length: usize, text: &mut String) -> Option<()> {
    for _ in 0..stream.take(length)? {
        let value = stream.take(13)?;
        let packed = ((value / 0xc0) << 8) | (value % 0xc0);
        let double = packed + if packed < 0x1f00 { 0x8140 } else { 0xc140 };
        text.push_str(&SHIFT_JIS.decode_without_bom_handling(&[(double >> 8) as u8, double as u8]).0);
    }
    Some(())
}

/// Thirteen bits a character of GB 2312, the one subset there is (GB/T 18284).
fn hanzi(stream: &mut Stream<'_>, length: usize, text: &mut String) -> Option<()> {
    if stream.take(4)? != 1 {
        return None;
    }
    for _ in 0..stream.take(length)? {
        let value = stream.take(13)?;
        let packed = ((value / 0x60) << 8) | (value % 0x60);
        let double = packed + if packed < 0x0a00 { 0xa1a1 } else { 0xa6a1 };
        text.push_str(&GBK.decode_without_bom_handling(&[(double >> 8) as u8, double as u8]).0);
    }
    Some(())
}

/// The character set that follows, by its number among the extended channel interpretations.
fn eci(stream: &mut Stream<'_>) -> Option<Charset> {
    let first = stream.take(8)?;
    let number = match first {
        ..0x80 => first,
        0x80..0xc0 => (first & 0x3f) << 8 | stream.take(8)?,
        0xc0..0xe0 => (first & 0x1f) << 16 | stream.take(16)?,
        _ => return None,
    };
    let label: &[u8] = match number {
        1 | 3 => return Some(Charset::Latin1),
        4 => b"iso-8859-2",
        5 => b"iso-8859-3",
        6 => b"iso-8859-4",
        7 => b"iso-8859-5",
        8 => b"iso-8859-6",
        9 => b"iso-8859-7",
        10 => b"iso-8859-8",
        11 => b"iso-8859-9",
        12 => b"iso-8859-10",
        13 => b"windows-874",
        15 => b"iso-8859-13",
        16 => b"iso-8859-14",
        17 => b"iso-8859-15",
        18 => b"iso-8859-16",
        20 => b"shift_jis",
        21 => b"windows-1250",
        22 => b"windows-1251",
        23 => b"windows-1252",
        24 => b"windows-1256",
        25 => b"utf-16be",
        26 | 27 | 170 => b"utf-8",
        28 => b"big5",
        29 | 32 => b"gb18030",
        30 => b"euc-kr",
        _ => return Some(Charset::Guess),
    };
    Encoding::for_label(label).map(Charset::Named)
}

/// A code seldom says which set its bytes are in. Accents of Latin-1 stand alone among letters, Japanese
/// does not; and what Latin-1 has at 0x80 to 0x9F are controls, which no text holds.
fn guess(bytes: &[u8], text: &mut String) {
    if let Ok(utf8) = std::str::from_utf8(bytes) {
        text.push_str(utf8);
        return;
    }
    let high = bytes.iter().filter(|b| **b >= 0x80).count();
    let paired = bytes.windows(2).filter(|w| w[0] >= 0x80 && w[1] >= 0x80).count();
    let (japanese, broken) = SHIFT_JIS.decode_without_bom_handling(bytes);
    let controls = bytes.iter().any(|b| (0x80..=0x9f).contains(b));
    if !broken && (controls || 3 * paired >= high) {
        text.push_str(&japanese);
    } else {
        text.extend(bytes.iter().map(|&b| char::from(b)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bits written as groups of digits.
    fn bytes(bits: &str) -> Vec<u8> {
        let bits: Vec<u8> = bits.bytes().filter(|b| *b != b' ').map(|b| b - b'0').collect();
        bits.chunks(8)
            .map(|eight| eight.iter().chain([0; 8].iter()).take(8).fold(0, |v, b| v << 1 | b))
            .collect()
    }

    fn read(bits: &str) -> Option<String> {
        let mut text = String::new();
        Segments::default().read(&bytes(bits), 1, &mut text).map(|()| text)
    }

    /// The example of ISO/IEC 18004, 7.4.3 and 7.4.4.
    #[test]
    fn numbers_and_capitals_are_read_as_the_standard_writes_them() {
        let numbers = "0001 0000001000 0000001100 0101011001 1000011 0000";
        assert_eq!(read(numbers).as_deref(), Some("01234567"));
        let capitals = "0010 000000101 00111001110 11100111001 000010 0000";
        assert_eq!(read(capitals).as_deref(), Some("AC-42"));
    }

    #[test]
    fn katakana_in_bytes_without_a_set_is_japanese_and_an_accent_is_not() {
        let guessed = |bytes: &[u8]| {
            let mut text = String::new();
            guess(bytes, &mut text);
            text
        };
        assert_eq!(guessed(b"\x83\x65\x83\x58\x83\x67"), "テスト");
        assert_eq!(guessed(b"caf\xe9"), "café");
    }

    #[test]
    fn kanji_and_bytes_under_a_named_set_are_read() {
        assert_eq!(read("1000 00000010 0110110011111 1101010101010 0000").as_deref(), Some("点茗"));
        let greek = "0111 00001001 0100 00000101 10100001 10100010 10100011 10100100 10100101 0000";
        assert_eq!(read(greek).as_deref(), Some("‘’£€₯"));
        let utf8 = "0100 00000010 11000011 10101001 0000";
        assert_eq!(read(utf8).as_deref(), Some("é"));
        let latin = "0100 00000011 01000001 11101001 01000010 0000";
        assert_eq!(read(latin).as_deref(), Some("AéB"));
    }

    /// 阿 is B0A2 in GB 2312.
    #[test]
    fn hanzi_are_read() {
        assert_eq!(read("1101 0001 00000001 0001111000001 0000").as_deref(), Some("阿"));
    }

    #[test]
    fn a_character_cut_by_two_byte_segments_is_whole_again() {
        assert_eq!(read("0100 00000001 11000011 0100 00000001 10101001 0000").as_deref(), Some("é"));
    }

    #[test]
    fn one_part_of_several_reads_as_its_own_text() {
        assert_eq!(read("0011 0000 0001 10101010 0001 0000000001 0111 0000").as_deref(), Some("7"));
    }

    #[test]
    fn what_is_cut_short_or_of_no_mode_is_no_text() {
        assert_eq!(read("0100 00000101 01000001"), None);
        assert_eq!(read("0110 00000000"), None);
        assert_eq!(read("0001 0000000001 1111 0000"), None);
        assert_eq!(read("0010 000000001 111111 0000"), None);
    }
}
