//! What a page shows: the agenda a cooperative delivers and the questions a reader puts to it.

mod error;
mod widget;

pub use error::PublisherError;
pub use widget::{
    Agenda, AgendaBundle, AgendaHead, AgendaPage, AgendaQuery, Facets, Genre, Occurrence, Order, Place,
    Status,
};
