//! The holder's name as far as it fits into a token.

use unicode_segmentation::UnicodeSegmentation as _;

/// The most bytes of UTF-8 that a name has in a token.
pub const NAME_BYTES: usize = 20;

/// `name`, trimmed and cut behind the last whole grapheme (UAX #29) that fits into [`NAME_BYTES`].
pub fn holder_name(name: &str) -> String {
    let mut cut = String::new();
    for grapheme in name.trim().graphemes(true) {
        if cut.len() + grapheme.len() > NAME_BYTES {
            break;
        }
        cut.push_str(grapheme);
    }
    cut.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn hindi_names_are_cut_between_syllables_not_inside_them() {
        assert_eq!(holder_name("रमेश कुमार"), "रमेश कु");
        assert_eq!(holder_name("  Ramesh Kumar  "), "Ramesh Kumar");
        assert_eq!(holder_name("Venkatanarasimharajuvaripeta"), "Venkatanarasimharaju");
        assert_eq!(holder_name("👨‍👩‍👧‍👦👨‍👩‍👧‍👦"), "");
    }

    proptest! {
        #[test]
        fn a_cut_name_fits_and_is_where_the_name_began(name in "\\PC*") {
            let cut = holder_name(&name);
            prop_assert!(cut.len() <= NAME_BYTES);
            prop_assert!(name.trim().starts_with(&cut));
            prop_assert_eq!(holder_name(&cut), cut);
        }
    }
}
