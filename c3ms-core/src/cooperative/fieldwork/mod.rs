//! Surveys in the field: from the programme to slots, interviewers and answers.

mod frame;
mod plan;
mod sheet;
mod wave;

pub use frame::{
    Band, DayKind, ExpectedSpec, Frame, FrameRow, FrameSpec, LeftOut, OpeningSpec, SlotKind, StratifiedBy,
    frame,
};
pub use plan::{PlanAllocation, PlanSpec, Planned, StratumPlanned, plan};
pub use sheet::{Sheet, SheetSpec, sheets, sheets_page};
pub use wave::{Purpose, Quota, Round, Slot, SlotState, Wave, wave, waves};
