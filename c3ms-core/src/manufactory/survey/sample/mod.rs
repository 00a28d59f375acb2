//! Who is drawn: how many, with which probability, by which design.
