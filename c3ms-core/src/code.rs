//! The one catalog of codes: stable names of causes, with what they mean and what to do, in French and English.

use serde::Serialize;

mod french;

macro_rules! codes {
    ($($variant:ident = $code:literal, $english:literal;)*) => {
        /// The stable name of a cause: never renamed, never used again for another, the same in every language.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Code {
            $(#[doc = $english] $variant,)*
        }

        impl Code {
            /// Every code, in the order of the catalog.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The code as it crosses every border: `store.log-broken`.
            #[must_use]
            pub const fn as_str(&self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// What it means and what to do, in French (`fr`) or English (any other tag).
            #[must_use]
            pub fn advice(&self, language: &str) -> &'static str {
                if language == "fr" || language.starts_with("fr-") {
                    return french::advice(*self);
                }
                match self { $(Self::$variant => $english,)* }
            }
        }
    };
}

codes! {
    FormatUnreadable = "forms.format-unreadable",
        "This is not a format document: mend the place that is named.";
    FormUnreadable = "forms.form-unreadable",
        "These bytes are no form of this version of C3MS: compile the format again.";
    FormatUnsound = "forms.format-unsound", "This format contradicts itself: mend the field that is named.";
    SchemaUnreadable = "forms.schema-unreadable",
        "This document is no schema of records (JSON Schema of an object, or Table Schema): mend the place that is named.";
    FormatUnknown = "forms.format-unknown",
        "The cooperative has no format of this name: `c3ms format` lists them.";
    VersionUnknown = "forms.version-unknown",
        "This version of the format is not known here: `c3ms format versions` lists them.";
    OperationRefused = "forms.operation-refused",
        "This operation cannot be carried out on this format: mend what is named.";
    ProfileIncomplete = "forms.profile-incomplete",
        "A file of the profile is missing: put it back, or take its name out of profile.json.";

    LengthsDiffer = "survey.lengths-differ",
        "Two columns that go together differ in length: complete the shorter one.";
    TableUnreadable = "survey.table-unreadable",
        "This table of answers cannot be read: mend the line that is named.";
    VariableUnknown = "survey.variable-unknown", "No variable has this name: mend it, or add the column.";
    NotNumeric = "survey.not-numeric",
        "This variable is not numeric: mend the value that is named, or treat it as categories.";
    MissingInDesign = "survey.missing-in-design",
        "The design must be known for every respondent: complete the row that is named.";
    UnitsCrossStrata = "survey.units-cross-strata",
        "The same id of a unit stands in two strata: say `nest` where they are different units.";
    PopulationUnfit = "survey.population-unfit",
        "This population does not fit its sample: mend the value that is named.";
    SinglePsu = "survey.single-psu",
        "A stratum has one unit alone: join it with another, or choose `single_psu` in the design.";
    SurveyFile = "survey.file-unknown",
        "The document names a file that is not given: put it beside the document, or mend its name.";
    SpecUnreadable = "survey.spec-unreadable",
        "This document is no analysis, draw or allocation as asked: mend the place that is named.";
    SurveyExpression = "survey.expression-unreadable",
        "This expression cannot be read: mend it, variables are written ${name}.";
    ReplicatesUnfit = "survey.replicates-unfit",
        "The design cannot have these replicates: choose others, or join strata.";
    FigureUnfit = "survey.figure-unfit",
        "This figure cannot be computed as it is asked for: mend what is named in the analysis.";
    WaveUnknown = "survey.wave-unknown", "No wave of a survey has this name: mend it, or launch the wave first.";
    SlotUnknown = "survey.slot-unknown", "The wave has no such slot: mend the id, or plan the wave anew.";
    QuestionnaireUnknown = "survey.questionnaire-unknown",
        "This version of the questionnaire is not known here: bring it into force, then hand the message in again.";
    MessageTorn = "survey.message-torn",
        "The last line breaks off, the device still has it: let it hand in its queue again.";
    MessageUnreadable = "survey.message-unreadable",
        "This line is no message of a device: mend what is named, or hand in what the device has.";
    MessageTooLong = "survey.message-too-long", "A message has a megabyte at most: shorten the answer, or leave it out.";
    SequenceReused = "survey.sequence-reused",
        "The device gave one number to two messages: compare both, and hand the right one in under a new number.";
    ResponseOfAnother = "survey.response-of-another",
        "Another device gave an answer of this id: compare both; an answer is changed where it was given.";
    TooManyStates = "survey.too-many-states",
        "This was changed hundreds of times: something is wrong with the device that sends it.";
    ReuserUnknown = "governance.reuser-unknown", "Nobody takes data over under this name: `c3ms reuser list` has them.";
    TokenUnknown = "delivery.token-unknown",
        "What was followed is not what led here, or was never: begin anew, without a token.";
    RespondentUnknown = "survey.respondent-unknown",
        "Nothing is kept under this id: mend it; what was erased is gone, what had no consent was never kept.";
    SurveyStopped = "survey.stopped", "The computation was stopped before its end: start it again.";
    ModelUnfit = "survey.model-unfit", "This model cannot be fitted: take out a term, or mend the response.";
    GeometryUnfit = "survey.geometry-unfit",
        "This geometric analysis cannot be made: follow the reason (active variables, passive categories, number of classes).";
    LevelUnknown = "survey.level-unknown", "This variable has no such level: take one of the list.";
    PointsTooMany = "survey.points-too-many",
        "Too many distinct points for a tree: say `groups` (for example 2000).";
    ImputationUnfit = "survey.imputation-unfit",
        "This imputation cannot be made as it is described: follow the reason.";
    DonorMissing = "survey.donor-missing",
        "Nobody in this class can give the answer: merge classes, drop a class variable or raise the limit of uses.";
    DomainEmpty = "survey.domain-empty", "Nobody is in this domain: mend the condition.";
    NumberUnfit = "survey.number-unfit", "This number cannot serve here: mend the value that is named.";
    WeightNotPositive = "survey.weight-not-positive",
        "A weight must be above 0: mend the row that is named, or leave it out.";
    MarginUnmet = "survey.margin-unmet",
        "This category cannot have its total: join it to another, or mend its total.";
    MarginsDisagree = "survey.margins-disagree",
        "Two margins of the same public differ in their sums: bring them to the same population.";
    NoConvergence = "survey.no-convergence",
        "The search comes to no end: widen the bounds, join categories, or mend the total that is named.";
    ReplicateUnfit = "survey.replicate-unfit",
        "A replicate cannot be weighted as the sample was: join rare categories.";
    SampleTooLarge = "survey.sample-too-large",
        "The sample asked for exceeds what can be drawn: ask for fewer units, or complete the frame.";
    DesignUnfit = "survey.design-unfit", "This design cannot be carried out as it is: mend what is named.";
    DisclosureUnfit = "survey.disclosure-unfit",
        "These tables cannot be protected as it is asked: follow the reason.";
    DimensionUnknown = "survey.dimension-unknown",
        "The table has no such dimension: mend its name in the cell, or add it to the table.";
    CellUnfit = "survey.cell-unfit", "A cell of a table cannot be as it is: mend the cell that is named.";
    TableTooLarge = "survey.table-too-large",
        "Too many cells to protect together: join members, drop a dimension, or publish fewer tables at once.";
    LedgerContradicted = "survey.ledger-contradicted",
        "A number differs from what was published of the same population: bring it back, or name another population.";
    CellExposed = "survey.cell-exposed",
        "A sensitive cell can be worked out from earlier publications: join its member with another, or drop the dimension.";

    Required = "forms.required", "This field is required.";
    UnknownField = "forms.unknown-field", "The format has no field of this name.";
    WrongKind = "forms.wrong-kind", "The value is not of the kind expected.";
    TooShort = "forms.too-short", "The text is too short.";
    TooLong = "forms.too-long", "The text is too long.";
    TooSmall = "forms.too-small", "The number is too small.";
    TooLarge = "forms.too-large", "The number is too large.";
    TooMany = "forms.too-many", "The list is too long.";
    PatternMismatch = "forms.pattern-mismatch", "The text is not written as expected.";
    UnknownCode = "forms.unknown-code", "This code is not in the list.";
    FreeButPriced = "forms.free-but-priced",
        "Said to be free, though an offer has a price: take one of the two out.";

    ExpressionIncomplete = "forms.expression-incomplete",
        "The expression ends too early: something is missing after this place.";
    ExpressionUnexpected = "forms.expression-unexpected", "This does not belong here.";
    ExpressionParenthesisOpen = "forms.expression-parenthesis-open",
        "A closing parenthesis is missing after this.";
    ExpressionBracketOpen = "forms.expression-bracket-open", "A closing bracket is missing after this.";
    ExpressionBraceOpen = "forms.expression-brace-open", "A closing brace is missing after this name.";
    ExpressionQuoteOpen = "forms.expression-quote-open", "This text is not closed: add the missing quote.";
    ExpressionTooLong = "forms.expression-too-long",
        "The expression is too long: share it among several calculated fields.";
    ExpressionTooDeep = "forms.expression-too-deep",
        "Too many parentheses lie in each other: share the expression among several calculated fields.";
    ExpressionNameUnknown = "forms.expression-name-unknown", "No field has this name.";
    ExpressionNameAmbiguous = "forms.expression-name-ambiguous",
        "Several fields have this name and none is nearer: rename one of them.";
    ExpressionFunctionUnknown = "forms.expression-function-unknown", "No function has this name.";
    ExpressionFunctionUnsupported = "forms.expression-function-unsupported",
        "This function is not worked out here: what rests on it stays unknown.";
    ExpressionArguments = "forms.expression-arguments",
        "This function was not given the right number of values.";
    ExpressionKinds = "forms.expression-kinds", "These kinds of values do not go together.";
    ExpressionPattern = "forms.expression-pattern", "This pattern cannot be used.";
    ExpressionCodeUnknown = "forms.expression-code-unknown", "The list of this field has no such code.";
    ExpressionCycle = "forms.expression-cycle",
        "These fields rest on each other in a circle: take one of them out of the expression of another.";

    RequiredAdded = "forms.required-added",
        "A required field appears without a default: older records lack it.";
    RequiredRemoved = "forms.required-removed",
        "A field that the older version requires goes: newer records lack it.";
    MayNotConvert = "forms.may-not-convert", "Not every value can be read as the other kind.";
    Narrowed = "forms.narrowed", "The newer version accepts less than the older one.";
    Widened = "forms.widened", "The newer version accepts more than the older one.";
    CodeRemoved = "forms.code-removed",
        "A code goes and no other replaces it: it stays in the records, and is told.";
    CodeAdded = "forms.code-added", "A code appears that the older version does not know.";
    DefaultInvalid = "forms.default-invalid", "The default is not valid in its field.";
    CannotBeShown = "forms.cannot-be-shown", "That records stay valid cannot be shown.";
    SchemaUnsound = "forms.schema-unsound", "This document is no JSON Schema: mend the place that is named.";
    SchemaReferenceMissing = "forms.schema-reference-missing",
        "The schema refers to what is not there; nothing is fetched from the network: give the document it means.";
    SchemaCircular = "forms.schema-circular",
        "The schema is defined by itself alone at this place: take one reference out of the circle.";
    SchemaMayRefuse = "forms.schema-may-refuse",
        "This keyword refuses, or perhaps refuses, data that the other version accepts.";
    SchemaTooIntricate = "forms.schema-too-intricate",
        "The question is too intricate to be settled: compatibility is not shown.";
    SchemaAcceptsNothing = "forms.schema-accepts-nothing",
        "Both versions accept no data at all: nothing shows what was meant.";

    ConstraintUnmet = "forms.constraint-unmet", "The answer does not meet the condition of this field.";
    AnswersUnreadable = "forms.answers-unreadable",
        "This is no list of steps: start from the example of `c3ms form play --help`.";
    StepUnsound = "forms.step-unsound", "This step cannot be taken: mend the question or list that it names.";

    LabelMissing = "design.label-missing", "It has no name for people: give it a label.";
    LanguageMissing = "design.language-missing", "This text lacks in a language of the format: translate it.";
    VocabularyFits = "design.vocabulary-fits",
        "Free text where a list of the format fits: make it a choice from that list.";
    ClosedList = "design.closed-list",
        "Free text for what has few values: a list spares ways of writing the same.";
    IdUnstable = "design.id-unstable",
        "The id tells a position or a label, which will change: choose a word that stays.";
    NameStyle = "design.name-style",
        "Small letters, digits and hyphens only: then the name goes everywhere as it is.";
    VocabularyUnused = "design.vocabulary-unused", "No field uses this list: use it or take it out.";
    CodeIsLabel = "design.code-is-label",
        "The code is a label: a short code without spaces or accents outlives corrections.";
    ListOfOne = "design.list-of-one", "A list of at most one item: a plain field is easier to fill in.";
    RequiredSometimes = "design.required-sometimes",
        "Required, but asked only sometimes: say so in the help, or take one of the two out.";
    LengthOpen = "design.length-open",
        "A public text without a maximum length: set one, pages and feeds need it.";
    PatternOpen = "design.pattern-open",
        "The pattern is not anchored: without `^` and `$` it may stand anywhere in the text.";
    DateAsText = "design.date-as-text",
        "A date kept as text cannot be sorted or filtered: choose `date` or `moment`.";
    AmountAsNumber = "design.amount-as-number",
        "An amount without a currency, or one that is rounded: choose `money`.";
    PersonalPublic = "design.personal-public",
        "Perhaps personal data, seen by everybody: choose who is to see it.";
    TitleMissing = "design.title-missing",
        "Records have no title and will be called by their ids: name a text field.";
    TermMissing = "design.term-missing",
        "The name is that of a property of schema.org: say this meaning, so that other tools read it.";
    TermTwice = "design.term-twice",
        "Two fields beside each other mean the same: their values will be mixed where they are delivered.";
    LabelTwice = "design.label-twice",
        "Two fields beside each other have the same label: nobody knows which to fill in.";
    GroupOfOne = "design.group-of-one", "A group of fewer than two fields: the field alone is enough.";
    GroupsDeep = "design.groups-deep", "Groups lie too deep in each other: one gets lost filling them in.";
    FieldsMany = "design.fields-many", "Too many fields on one level: gather them in groups.";
    AsksAhead = "design.asks-ahead", "This condition rests on a field that comes later: put it before.";
    HelpMissing = "design.help-missing",
        "A condition to fulfil, but nothing tells so to who fills it in: add help.";

    SourceEmpty = "import.source-empty", "The file is empty: export it again from its source.";
    SourceUnknown = "import.source-unknown",
        "Neither CSV, iCalendar nor JSON-LD: give a file of one of these kinds.";
    SourceNul = "import.nul-byte", "The file holds NUL bytes: it is no text, or it is damaged.";
    SourceEncoding = "import.encoding-unreadable", "The characters cannot be read: save the file as UTF-8.";
    SourceTooLong = "import.line-too-long",
        "A line is far too long: the file is damaged or not of this kind.";
    CsvBroken = "import.csv-broken", "The table is damaged at this line: check quotes and columns.";
    FeedBroken = "import.feed-broken",
        "The feed is damaged at this line, or is neither RSS nor Atom: export it again.";
    TableTooWide = "import.too-many-columns",
        "The table has more columns than anybody fills in: check the delimiter, or the export.";
    RegisterUnreadable = "import.register-unreadable",
        "This table of communes lacks the columns that are wanted: a code, a name, postal codes.";
    SourceShrank = "import.source-shrank",
        "The source lost more than a third of its records: check the file, then add `--accept-shrink` where that is meant, or `--partial` where it is only a part.";
    CalendarBroken = "import.calendar-broken", "The calendar is damaged at this line: export it again.";
    JsonBroken = "import.json-broken", "The JSON is damaged at this place: export it again.";
    MappingUnreadable = "import.mapping-unreadable",
        "This is no mapping: start again from `c3ms mapping FILE`.";
    MappingUnsound = "import.mapping-unsound",
        "The mapping names what does not exist: mend the rule that is named.";
    CubeNotInferred = "import.cube-not-inferred",
        "Nothing tells what this file describes: add `--into CUBE`.";

    NothingToCompare = "identity.nothing-to-compare",
        "These two tables have no column in common that names their things: give both a name, a page or a code.";

    ValueUnmapped = "import.unmapped", "No rule of the mapping takes this value.";
    ValueEmpty = "import.empty", "The value is empty.";
    ValueUnreadable = "import.value-unreadable", "The value cannot be read as the field wants it.";
    ValueFormulaFailed = "import.formula-failed",
        "The cell holds the result of a formula that failed, no value: mend it in the spreadsheet; what was known stays.";
    ValueCorrected = "import.corrected",
        "Somebody corrected this field in the cooperative, and the source says otherwise since: the correction stays; `c3ms revert` undoes it.";
    ValueConflict = "import.conflict", "Another value of the same record was kept.";
    ValueOwnedElsewhere = "import.owned-elsewhere",
        "The record belongs to another source, which says otherwise.";
    ValueRecordRefused = "import.record-refused", "The whole record was refused.";
    ImportZoneUnknown = "import.zone-unknown",
        "There is no such time zone: say in the mapping (`zones`) which one is meant.";
    ValueLinkUnknown = "import.link-unknown", "No record has this name or key.";

    EntryMissing = "cooperative.entry-missing", "No entry has this id: `c3ms search` finds them.";
    EntryRefused = "cooperative.entry-refused",
        "The entry cannot be changed so: see the reason that is given.";
    EntryConflict = "cooperative.entry-conflict",
        "Somebody else changed this field meanwhile: compare both values, then write the one that holds.";
    NotPermitted = "cooperative.not-permitted",
        "Your role does not allow it: ask who keeps the entry, an editor or the coordinator.";
    MemberMissing = "cooperative.member-missing", "No member has this name: `c3ms member list` lists them.";
    MemberRefused = "cooperative.member-refused",
        "The member cannot be written down so: see the reason that is given.";
    RequestMissing = "cooperative.request-missing", "No open request has this id: `c3ms queue` lists them.";
    InvitationRefused = "cooperative.invitation-refused",
        "This link does not hold, no longer holds, or has been used: ask for another.";

    WorkbookUnknown = "exchange.workbook-unknown",
        "This is neither an .xlsx or .xls workbook nor the .csv of a form: save it as .xlsx.";
    WorkbookDamaged = "exchange.workbook-damaged",
        "The workbook is damaged: open it in a spreadsheet program and save it again as .xlsx.";
    WorkbookLocked = "exchange.workbook-locked", "The workbook is locked by a password: save it without one.";
    WorkbookTooLarge = "exchange.workbook-too-large",
        "The workbook is far too large for a form: take superfluous sheets and rows out.";
    SheetMissing = "exchange.sheet-missing", "A sheet is missing: name the one with the questions `survey`.";
    HeaderTwice = "exchange.header-twice", "Two columns mean the same: take one out or rename it.";
    HeaderMissing = "exchange.header-missing", "A column is missing: add it to the first row of the sheet.";
    QuestionTypeMissing = "exchange.type-missing",
        "The row has no type: give one, as `text`, or empty the row.";
    QuestionTypeUnknown = "exchange.type-unknown",
        "There is no such question type: check its spelling (text, integer, `select_one LIST`…).";
    QuestionUnnamed = "exchange.name-missing",
        "The question or group has no name: fill in the column `name`.";
    QuestionNameInvalid = "exchange.name-invalid",
        "This name will not do: a letter first, then letters, digits, hyphens or points, no space.";
    QuestionNameTwice = "exchange.name-twice", "This name is taken already in this place: choose another.";
    QuestionUnlabeled = "exchange.label-missing",
        "The question has neither label nor hint: fill in the column `label`.";
    BeginUnmatched = "exchange.begin-unmatched", "This group is never ended: add its `end` row.";
    EndUnmatched = "exchange.end-unmatched",
        "This `end` row ends nothing of the kind: take it out or add the `begin` row.";
    GroupsTooDeep = "exchange.groups-too-deep", "Groups lie too deep within each other: flatten them.";
    ChoiceListMissing = "exchange.choice-list-missing",
        "There is no such choice list: add it to the sheet `choices`, or mend its name.";
    ChoiceUnnamed = "exchange.choice-name-missing",
        "The choice has no name: fill in the column `name` of the sheet `choices`.";
    ChoiceTwice = "exchange.choice-twice",
        "This choice stands twice in its list: rename it, or set `allow_choice_duplicates` to `yes`.";
    ChoiceSpaced = "exchange.choice-spaced",
        "A choice of several answers can have no space in its name: write `_` instead.";
    CalculationMissing = "exchange.calculation-missing",
        "There is nothing to calculate: fill in the column `calculation`.";
    ReferenceBroken = "exchange.reference-broken", "A reference is written ${name}, without spaces: mend it.";
    ReferenceUnknown = "exchange.reference-unknown",
        "No question has this name: mend the reference or add the question.";
    ReferenceAmbiguous = "exchange.reference-ambiguous",
        "Several questions have this name: rename them before referring to one.";
    ParametersUnsound = "exchange.parameters-unsound",
        "The question's parameters will not do: mend the column `parameters`.";
    SettingUnsound = "exchange.setting-unsound", "This setting will not do: mend the sheet `settings`.";
    CombinationRefused = "exchange.combination-refused",
        "These two do not go together: take one of them out.";
    EntityUnsound = "exchange.entity-unsound",
        "The sheet `entities` or the column `save_to` contradicts itself: mend the place that is named.";

    StoreMissing = "store.missing", "There is no cooperative in this folder: `c3ms init DIR` makes one.";
    StoreExists = "store.exists", "There is a cooperative in this folder already: choose another.";
    StoreNewer = "store.newer", "The database is of a newer version: update c3ms.";
    StoreUnreadable = "store.unreadable",
        "The file is no readable database: restore a backup (`c3ms restore`).";
    StoreReadOnly = "store.read-only",
        "Nothing can be written here: change the folder's rights or choose another.";
    StoreBusy = "store.busy", "Another program writes into this cooperative: wait until it is done.";
    StoreFull = "store.full", "The disk is full: make room; nothing was lost.";
    StoreFailed = "store.failed", "The database refused the operation; nothing was written.";
    StoreMoved = "store.moved", "Another program wrote meanwhile: do it again.";
    LogBroken = "store.log-broken", "The log was altered at this place: restore a backup (`c3ms restore`).";
    BodyBroken = "store.body-broken", "A body no longer matches its commitment in the log: restore a backup.";
    EraseRefused = "store.erase-refused",
        "Others rest on records of this kind: only entries, answers and refused messages can be erased.";
    ProjectionBroken = "store.projection-broken",
        "The read tables no longer say what the log says: `c3ms verify --rebuild` makes them anew.";

    CalendarUnreadable = "calendar.unreadable",
        "This file is no iCalendar, or its parts do not close: export it again.";
    ScaleUnknown = "calendar.scale-unknown",
        "Only the Gregorian calendar is understood: export the calendar without CALSCALE.";
    WindowBackwards = "calendar.window-backwards",
        "The window ends before it begins: exchange `--from` and `--to`.";
    LineUnreadable = "calendar.line-unreadable",
        "This line is no property; the rest of the calendar was read.";
    OutsideCalendar = "calendar.outside", "This piece of a calendar lies in none: it was read as it is.";
    BytesUnreadable = "calendar.bytes-unreadable",
        "The calendar is not in UTF-8: titles may be damaged, dates are not.";
    StartMissing = "calendar.start-missing", "An event without a start has no dates: give it a DTSTART.";
    TimeUnreadable = "calendar.value-unreadable", "This is no date or duration: it is left out.";
    RuleUnreadable = "calendar.rule-unreadable",
        "The rule cannot be followed: the start and the added dates remain.";
    CalendarZoneUnknown = "calendar.zone-unknown",
        "This time zone is neither known nor described: its times are read without one.";
    CalendarZoneUnreadable = "calendar.zone-unreadable",
        "The description of this time zone cannot be followed.";
    ExceptionRule = "calendar.exception-rule", "EXRULE is no longer part of iCalendar: replace it by EXDATE.";
    TooManyDates = "calendar.too-many-dates",
        "The series gives too many dates: take a shorter window, or mend the rule.";
    HoursUnreadable = "calendar.hours-unreadable",
        "These opening hours cannot be read: write them as `Mo-Fr 10:00-18:00; Tu off`.";

    WorkflowUnsound = "governance.workflow-unsound",
        "This workflow contradicts itself, or names what there is not: mend the place that is named.";
    RuleUnsound = "governance.rule-unsound",
        "This rule of dissemination cannot be carried out, or would tell what it hides: mend the place that is named.";
    KeyUnreadable = "governance.key-unreadable", "A key is 64 hexadecimal digits.";
    SignatureWrong = "governance.signature-wrong", "The signature is not this member's over this content.";
    MemberRevoked = "governance.member-revoked", "The key of this member was revoked at that time.";

    EncodingFailed = "delivery.encoding-failed", "A record could not be written in this encoding.";
    CellTooLong = "delivery.cell-too-long",
        "A cell of a workbook holds no text as long as this one: shorten it, or take another encoding, such as CSV.";
    TooManyColumns = "delivery.too-many-columns",
        "A sheet of a workbook has fewer columns than this table: take another encoding, such as CSV.";
    CursorForeign = "delivery.cursor-foreign",
        "This is not where a page of this query ended: ask for the first page again.";
    ParameterRepeated = "delivery.parameter-repeated", "A parameter stands twice: leave one of the two.";
    QueryMalformed = "delivery.query-malformed",
        "The query asks in a way that cannot be read: mend the parameter that is named.";
    TemplateBroken = "delivery.template-broken", "The page template is damaged.";
    ZoneUnknown = "delivery.zone-unknown", "The time zone does not exist.";

    BundleUnreadable = "publisher.bundle-unreadable", "The agenda file cannot be read: deliver it again.";
    QueryUnreadable = "publisher.query-unreadable", "The query put to the agenda cannot be read.";

    FileMissing = "file.missing", "This path does not exist: check it.";
    FileUnreadable = "file.unreadable", "This file cannot be read: check its rights.";
    FileUnwritable = "file.unwritable", "Nothing can be written there: check rights and room.";
    EditorMissing = "command.editor-missing",
        "No editor opened: name yours in VISUAL or EDITOR, or give the operations in a file.";
}

impl Serialize for Code {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
