//! The functions of the language: what they are called, what they are given, what they give.

use serde::{Deserialize, Serialize};

use crate::manufactory::forms::Dialect;

/// What a value is, as far as it can be told before there is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Sort {
    /// Nobody can tell.
    Any,
    /// True or false.
    Boolean,
    /// A number; an amount of money counts as one.
    Number,
    /// Words, or a code.
    Text,
    /// A day.
    Date,
    /// A time of the day.
    Time,
    /// A day and a time, or a day alone.
    Moment,
    /// Several codes or texts in one answer.
    List,
    /// Fields that belong together; holds no value itself.
    Group,
}

macro_rules! functions {
    ($($variant:ident $name:literal $least:literal $most:literal $given:literal $gives:ident;)*) => {
        /// A function of the language.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
        pub(crate) enum Function {
            $(#[doc = $name] $variant,)*
        }

        /// Every function: name, fewest and most arguments, what each of them is, what comes out.
        ///
        /// The arguments by letter, the last for all further ones: `a` anything, `b` boolean, `n` number,
        /// `t` text, `d` day or moment, `c` time, `l` list of codes, `s` all values of a field in a repeat,
        /// `g` fields that repeat.
        const TABLE: &[(Function, Signature)] = &[
            $((Function::$variant, Signature {
                name: $name, least: $least, most: $most, given: $given, gives: Sort::$gives,
            }),)*
        ];
    };
}

/// How a function is called.
#[derive(Debug)]
pub(super) struct Signature {
    pub(super) name: &'static str,
    pub(super) least: usize,
    /// 99: any number.
    pub(super) most: usize,
    pub(super) given: &'static str,
    pub(super) gives: Sort,
}

functions! {
    If "if" 3 3 "baa" Any;
    Coalesce "coalesce" 2 99 "a" Any;
    Once "once" 1 1 "a" Any;
    True "true" 0 0 "" Boolean;
    False "false" 0 0 "" Boolean;
    Boolean "boolean" 1 1 "a" Boolean;
    BooleanFromString "boolean-from-string" 1 1 "a" Boolean;
    Not "not" 1 1 "b" Boolean;
    Known "known" 1 1 "a" Boolean;
    Sure "sure" 1 1 "b" Boolean;
    Regex "regex" 2 2 "tt" Boolean;
    Checklist "checklist" 2 99 "nnb" Boolean;
    WeightedChecklist "weighted-checklist" 2 99 "nna" Boolean;
    Number "number" 0 1 "a" Number;
    Random "random" 0 0 "" Number;
    Int "int" 1 1 "n" Number;
    Floor "floor" 1 1 "n" Number;
    Ceiling "ceiling" 1 1 "n" Number;
    Round "round" 1 2 "n" Number;
    Abs "abs" 1 1 "n" Number;
    Pow "pow" 2 2 "n" Number;
    Sqrt "sqrt" 1 1 "n" Number;
    Exp "exp" 1 1 "n" Number;
    ExpTen "exp10" 1 1 "n" Number;
    Log "log" 1 1 "n" Number;
    LogTen "log10" 1 1 "n" Number;
    Sin "sin" 1 1 "n" Number;
    Cos "cos" 1 1 "n" Number;
    Tan "tan" 1 1 "n" Number;
    Asin "asin" 1 1 "n" Number;
    Acos "acos" 1 1 "n" Number;
    Atan "atan" 1 1 "n" Number;
    AtanTwo "atan2" 2 2 "n" Number;
    Pi "pi" 0 0 "" Number;
    Sum "sum" 1 1 "s" Number;
    Max "max" 1 99 "s" Any;
    Min "min" 1 99 "s" Any;
    Count "count" 1 1 "s" Number;
    CountNonEmpty "count-non-empty" 1 1 "s" Number;
    Position "position" 0 1 "g" Number;
    Last "last" 0 0 "" Number;
    Current "current" 0 0 "" Any;
    Instance "instance" 1 1 "t" Any;
    IndexedRepeat "indexed-repeat" 3 7 "sgngngn" Any;
    Randomize "randomize" 1 2 "an" Any;
    Today "today" 0 0 "" Date;
    Now "now" 0 0 "" Moment;
    Date "date" 1 1 "a" Date;
    DateTime "date-time" 1 1 "a" Moment;
    Time "time" 1 1 "a" Time;
    FormatDate "format-date" 2 2 "dt" Text;
    FormatDateTime "format-date-time" 2 2 "dt" Text;
    DecimalDateTime "decimal-date-time" 1 1 "d" Number;
    DecimalTime "decimal-time" 1 1 "c" Number;
    Selected "selected" 2 2 "lt" Boolean;
    SelectedAt "selected-at" 2 2 "ln" Text;
    CountSelected "count-selected" 1 1 "l" Number;
    ChoiceName "jr:choice-name" 2 2 "ta" Text;
    Itext "jr:itext" 1 1 "t" Text;
    String "string" 0 1 "a" Text;
    Text "text" 1 1 "a" Text;
    Concat "concat" 1 99 "t" Text;
    Join "join" 1 99 "ts" Text;
    Substr "substr" 2 3 "tnn" Text;
    Substring "substring" 2 3 "tnn" Text;
    SubstringBefore "substring-before" 2 2 "t" Text;
    SubstringAfter "substring-after" 2 2 "t" Text;
    Translate "translate" 3 3 "t" Text;
    StringLength "string-length" 0 1 "t" Number;
    NormalizeSpace "normalize-space" 0 1 "t" Text;
    Contains "contains" 2 2 "t" Boolean;
    StartsWith "starts-with" 2 2 "t" Boolean;
    EndsWith "ends-with" 2 2 "t" Boolean;
    Uuid "uuid" 0 1 "n" Text;
    Digest "digest" 2 3 "t" Text;
    Decode "base64-decode" 1 1 "t" Text;
    Pulldata "pulldata" 4 4 "t" Text;
    Version "version" 0 0 "" Text;
    Property "property" 1 1 "t" Text;
    Distance "distance" 1 99 "s" Number;
    Area "area" 1 1 "s" Number;
    Geofence "geofence" 2 2 "t" Boolean;
    Intersects "intersects" 1 1 "t" Boolean;
    ExtractSigned "extract-signed" 2 2 "t" Text;
    NodeName "name" 0 1 "a" Text;
}

/// The function of this name.
pub(super) fn find(name: &str) -> Option<Function> {
    TABLE.iter().find(|(_, signature)| signature.name == name).map(|(function, _)| *function)
}

/// Every name, for suggestions.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    TABLE.iter().map(|(_, signature)| signature.name)
}

impl Function {
    /// How it is called.
    pub(super) fn signature(self) -> Option<&'static Signature> {
        TABLE.iter().find(|(function, _)| *function == self).map(|(_, signature)| signature)
    }

    /// It can be written in a dialect.
    pub(super) const fn is_of(self, dialect: Dialect) -> bool {
        match dialect {
            Dialect::Own => true,
            Dialect::Xforms => !matches!(self, Self::Known | Self::Sure | Self::Text | Self::Time),
        }
    }

    /// It is known by name only: nothing comes out.
    pub(super) const fn is_unsupported(self) -> bool {
        matches!(self, Self::Intersects | Self::ExtractSigned | Self::NodeName)
    }

    /// It asks how often or where fields stand, not what they hold.
    pub(super) const fn is_structural(self, argument: usize) -> bool {
        match self {
            Self::Count | Self::Position => true,
            Self::IndexedRepeat => argument % 2 == 1,
            _ => false,
        }
    }
}
