//! A failure with all that it came from, for the log.

use std::error::Error;

/// An error in words, and after it each of its sources in turn.
pub fn causes(error: &(dyn Error + 'static)) -> String {
    let mut words = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        let said = source.to_string();
        // Some say their source's words themselves.
        if !words.ends_with(&said) {
            words = format!("{words}: {said}");
        }
        next = source.source();
    }
    words
}

#[cfg(test)]
mod tests {
    use gatehouse::api::problem::Code;

    use super::*;
    use crate::{http::Fault, store::StoreError};

    #[test]
    fn a_failure_is_told_down_to_what_it_came_from() {
        let disk = std::io::Error::other("the disk is full");
        let fault = Fault::from(StoreError::Io(disk));
        assert_eq!(fault.code(), &Code::Unavailable);
        let told = causes(&fault);
        assert!(told.starts_with(Code::Unavailable.as_str()) && told.ends_with("the disk is full"), "{told}");
        assert_eq!(told.matches("the disk is full").count(), 1, "{told}");
    }
}
