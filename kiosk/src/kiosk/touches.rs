//! What each touch of a gate at work asks of the desk.

use gatehouse::code::SixDigits;

use crate::{
    camera::Camera,
    desk::{Desk, DeskError, Given},
    screen::{Digits, Touch, TouchError},
};

/// Does what a touch says. Touches of the window itself and of enrolment, codes, which may be for either, and
/// emergencies, which wait for no desk, are [`TouchError::NotNow`] here.
pub(super) fn on_desk(desk: &Desk, camera: &Camera, touch: &Touch) -> Result<(), DeskError> {
    match touch {
        Touch::SignIn { guard, pin } => desk.sign_in(*guard, &pin.0),
        Touch::SignOut => desk.sign_out(),
        Touch::Walkin(walkin) => desk.walk_in(walkin).map(drop),
        Touch::UndoWalkin { ask } => desk.undo_walk_in(*ask),
        Touch::LetIn { ask } => desk.let_in(*ask).map(drop),
        Touch::Ring { ask } => desk.ring(*ask),
        Touch::SpokenStart { ask } => desk.spoken_start(*ask).map(drop),
        Touch::SpokenAnswer { ask, digits } => desk.spoken_answer(*ask, &six(digits)?).map(drop),
        Touch::Override { ask, reason } => desk.override_ask(*ask, *reason).map(drop),
        Touch::Left { ask } => desk.left(*ask),
        Touch::CodeSubmit { unit, digits } => desk.submit_code(*unit, &six(digits)?).map(drop),
        Touch::CabCode { digits } => desk.submit_cab(&digits.0).map(drop),
        Touch::AskUnit { verdict, unit } => desk.ask_unit(*verdict, *unit).map(drop),
        Touch::StepUp { verdict, plate: Some(plate) } => {
            desk.step_up(*verdict, Given::Plate(plate)).map(drop)
        }
        Touch::StepUp { verdict, plate: None } => {
            let photo = camera.snapshot().ok_or(TouchError::NoPicture)?;
            desk.step_up(*verdict, Given::Photo(&photo)).map(drop)
        }
        Touch::InOrOut { verdict, direction } => desk.in_or_out(*verdict, direction).map(drop),
        Touch::StillHere { verdict } => desk.still_here(*verdict),
        Touch::CloseVerdict { verdict } => desk.close_verdict(*verdict),
        Touch::People { event, people } => desk.people(*event, *people),
        Touch::UndoEntry { event } => desk.undo(*event),
        Touch::Out { visit } => desk.out(*visit).map(drop),
        Touch::AcknowledgeAlarm { alert } => desk.acknowledge(*alert),
        Touch::Scanned { .. }
        | Touch::Emergency { .. }
        | Touch::EnrolTyped { .. }
        | Touch::EnrolRetry
        | Touch::EnrolCancel
        | Touch::TryNow
        | Touch::SetLanguage { .. }
        | Touch::SetTheme { .. } => Err(TouchError::NotNow.into()),
    }
}

fn six(digits: &Digits) -> Result<SixDigits, TouchError> {
    digits.0.parse().map_err(|_| TouchError::Incomplete)
}
