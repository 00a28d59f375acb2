//! Surveys in the field: from the programme to slots, interviewers and answers.

mod frame;
mod wave;

pub use frame::{
    Band, DayKind, ExpectedSpec, Frame, FrameRow, FrameSpec, LeftOut, OpeningSpec, SlotKind, StratifiedBy,
    frame,
};
pub use wave::{Purpose, Quota, Round, Slot, SlotState, Wave, wave, waves};
