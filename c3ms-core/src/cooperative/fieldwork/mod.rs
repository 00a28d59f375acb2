//! Surveys in the field: from the programme to slots, interviewers and answers.

mod answers;
mod capture;
mod frame;
mod kept;
mod page;
mod plan;
mod quality;
mod response;
mod rights;
mod sheet;
mod table;
mod wave;
mod weigh;

pub use answers::{Answer, Responses, WaveRates, responses};
pub use capture::{Acknowledged, CaptureSpec, Captured, FlaggedAnswer, RefusedMessage, capture, quarantined};
pub use frame::{
    Band, DayKind, ExpectedSpec, Frame, FrameRow, FrameSpec, LeftOut, OpeningSpec, SlotKind, StratifiedBy,
    frame,
};
pub use kept::{Context, Quarantined};
pub use page::{Page, PageSpec, page};
pub use plan::{PlanAllocation, PlanSpec, Planned, StratumPlanned, plan};
pub use quality::{Flag, FlagName, QuotaState, SlotCount};
pub use response::{
    Device, Disposition, DoorLog, DoorRefusal, Message, Mode, Observed, QueueLine, Refusal, Respondent,
    Response, read_queue,
};
pub use rights::{ErasedAnswers, Expired, erase, expire, export};
pub use sheet::{Sheet, SheetSpec, sheets, sheets_page};
pub use wave::{Purpose, Quota, Round, Slot, SlotState, Wave, wave, waves};
pub use weigh::{SlotWeighed, WeighSpec, Weighed, weigh};
