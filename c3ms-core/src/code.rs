//! The one catalog of codes: stable names of causes, with what they mean and what to do, in French and English.

use serde::Serialize;

macro_rules! codes {
    ($($variant:ident = $code:literal, $french:literal, $english:literal;)*) => {
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
                let french = language == "fr" || language.starts_with("fr-");
                match self { $(Self::$variant => if french { $french } else { $english },)* }
            }
        }
    };
}

codes! {
    FormatUnreadable = "forms.format-unreadable",
        "Ce format n’est pas un document de format : corrigez l’endroit indiqué.",
        "This is not a format document: mend the place that is named.";
    FormUnreadable = "forms.form-unreadable",
        "Ces octets ne sont pas un formulaire de cette version de C3MS : compilez à nouveau le format.",
        "These bytes are no form of this version of C3MS: compile the format again.";
    FormatUnsound = "forms.format-unsound",
        "Ce format se contredit : corrigez le champ indiqué.",
        "This format contradicts itself: mend the field that is named.";
    SchemaUnreadable = "forms.schema-unreadable",
        "Ce document n’est pas un schéma de fiches (JSON Schema d’un objet, ou Table Schema) : corrigez l’endroit indiqué.",
        "This document is no schema of records (JSON Schema of an object, or Table Schema): mend the place that is named.";
    FormatUnknown = "forms.format-unknown",
        "Aucun format ne porte ce nom dans la coopérative : `c3ms format` les énumère.",
        "The cooperative has no format of this name: `c3ms format` lists them.";
    VersionUnknown = "forms.version-unknown",
        "Cette version du format n’est pas connue ici : `c3ms format versions` les énumère.",
        "This version of the format is not known here: `c3ms format versions` lists them.";
    OperationRefused = "forms.operation-refused",
        "Cette opération ne peut être faite sur ce format : corrigez ce qui est indiqué.",
        "This operation cannot be carried out on this format: mend what is named.";
    ProfileIncomplete = "forms.profile-incomplete",
        "Un fichier du profil manque : remettez-le, ou retirez son nom de profile.json.",
        "A file of the profile is missing: put it back, or take its name out of profile.json.";

    LengthsDiffer = "survey.lengths-differ",
        "Deux colonnes qui vont ensemble n’ont pas la même longueur : complétez celle qui est plus courte.",
        "Two columns that go together differ in length: complete the shorter one.";
    TableUnreadable = "survey.table-unreadable",
        "Ce tableau de réponses ne se lit pas : corrigez la ligne indiquée.",
        "This table of answers cannot be read: mend the line that is named.";
    VariableUnknown = "survey.variable-unknown",
        "Aucune variable ne porte ce nom : corrigez-le, ou ajoutez la colonne.",
        "No variable has this name: mend it, or add the column.";
    NotNumeric = "survey.not-numeric",
        "Cette variable n’est pas numérique : corrigez la valeur indiquée, ou traitez-la comme catégories.",
        "This variable is not numeric: mend the value that is named, or treat it as categories.";
    MissingInDesign = "survey.missing-in-design",
        "Le plan de sondage doit être connu pour chaque répondant : complétez la ligne indiquée.",
        "The design must be known for every respondent: complete the row that is named.";
    UnitsCrossStrata = "survey.units-cross-strata",
        "Le même identifiant d’unité figure dans deux strates : dites `nest` s’il s’agit d’unités différentes.",
        "The same id of a unit stands in two strata: say `nest` where they are different units.";
    PopulationUnfit = "survey.population-unfit",
        "Cet effectif de population ne convient pas à l’échantillon : corrigez la valeur indiquée.",
        "This population does not fit its sample: mend the value that is named.";
    SinglePsu = "survey.single-psu",
        "Une strate n’a qu’une unité : regroupez-la avec une autre, ou choisissez `single_psu` dans le plan.",
        "A stratum has one unit alone: join it with another, or choose `single_psu` in the design.";
    SpecUnreadable = "survey.spec-unreadable",
        "Ce document ne décrit pas une analyse : corrigez l’endroit indiqué.",
        "This document describes no analysis: mend the place that is named.";
    SurveyExpression = "survey.expression-unreadable",
        "Cette expression ne se lit pas : corrigez-la, les variables s’écrivent ${nom}.",
        "This expression cannot be read: mend it, variables are written ${name}.";
    ReplicatesUnfit = "survey.replicates-unfit",
        "Ce plan n’admet pas ces répliques : choisissez-en d’autres, ou regroupez des strates.",
        "The design cannot have these replicates: choose others, or join strata.";
    ModelUnfit = "survey.model-unfit",
        "Ce modèle ne s’ajuste pas : retirez un terme, ou corrigez la réponse.",
        "This model cannot be fitted: take out a term, or mend the response.";
    DomainEmpty = "survey.domain-empty",
        "Personne n’est dans ce domaine : corrigez la condition.",
        "Nobody is in this domain: mend the condition.";
    NumberUnfit = "survey.number-unfit",
        "Ce nombre ne peut servir ici : corrigez la valeur indiquée.",
        "This number cannot serve here: mend the value that is named.";
    WeightNotPositive = "survey.weight-not-positive",
        "Un poids doit être supérieur à 0 : corrigez la ligne indiquée, ou retirez-la.",
        "A weight must be above 0: mend the row that is named, or leave it out.";
    MarginUnmet = "survey.margin-unmet",
        "Cette catégorie ne peut atteindre son total : regroupez-la avec une autre, ou corrigez son total.",
        "This category cannot have its total: join it to another, or mend its total.";
    MarginsDisagree = "survey.margins-disagree",
        "Deux marges du même public n’ont pas la même somme : ramenez-les à la même population.",
        "Two margins of the same public differ in their sums: bring them to the same population.";
    NoConvergence = "survey.no-convergence",
        "Le calcul n’aboutit pas : élargissez les bornes, regroupez des catégories, ou corrigez le total indiqué.",
        "The search comes to no end: widen the bounds, join categories, or mend the total that is named.";
    ReplicateUnfit = "survey.replicate-unfit",
        "Une réplique ne peut être calée comme l’échantillon : regroupez les catégories rares.",
        "A replicate cannot be weighted as the sample was: join rare categories.";
    SampleTooLarge = "survey.sample-too-large",
        "L’échantillon demandé dépasse ce qui peut être tiré : demandez moins d’unités, ou complétez la base.",
        "The sample asked for exceeds what can be drawn: ask for fewer units, or complete the frame.";
    DesignUnfit = "survey.design-unfit",
        "Ce plan de sondage ne peut être exécuté tel quel : corrigez ce qui est indiqué.",
        "This design cannot be carried out as it is: mend what is named.";

    Required = "forms.required", "Ce champ est obligatoire.", "This field is required.";
    UnknownField = "forms.unknown-field",
        "Le format n’a pas de champ de ce nom.", "The format has no field of this name.";
    WrongKind = "forms.wrong-kind",
        "La valeur n’est pas de la nature attendue.", "The value is not of the kind expected.";
    TooShort = "forms.too-short", "Le texte est trop court.", "The text is too short.";
    TooLong = "forms.too-long", "Le texte est trop long.", "The text is too long.";
    TooSmall = "forms.too-small", "Le nombre est trop petit.", "The number is too small.";
    TooLarge = "forms.too-large", "Le nombre est trop grand.", "The number is too large.";
    TooMany = "forms.too-many", "La liste est trop longue.", "The list is too long.";
    PatternMismatch = "forms.pattern-mismatch",
        "Le texte n’a pas la forme attendue.", "The text is not written as expected.";
    UnknownCode = "forms.unknown-code",
        "Ce code n’est pas dans la liste.", "This code is not in the list.";
    FreeButPriced = "forms.free-but-priced",
        "Dit gratuit, alors qu’un tarif a un prix : retirez l’un des deux.",
        "Said to be free, though an offer has a price: take one of the two out.";

    ExpressionIncomplete = "forms.expression-incomplete",
        "L’expression s’arrête trop tôt : il manque quelque chose après cet endroit.",
        "The expression ends too early: something is missing after this place.";
    ExpressionUnexpected = "forms.expression-unexpected",
        "Ceci n’a pas sa place ici.", "This does not belong here.";
    ExpressionParenthesisOpen = "forms.expression-parenthesis-open",
        "Il manque une parenthèse fermante après ceci.", "A closing parenthesis is missing after this.";
    ExpressionBracketOpen = "forms.expression-bracket-open",
        "Il manque un crochet fermant après ceci.", "A closing bracket is missing after this.";
    ExpressionBraceOpen = "forms.expression-brace-open",
        "Il manque une accolade fermante après ce nom.", "A closing brace is missing after this name.";
    ExpressionQuoteOpen = "forms.expression-quote-open",
        "Ce texte n’est pas refermé : ajoutez le guillemet qui manque.",
        "This text is not closed: add the missing quote.";
    ExpressionTooLong = "forms.expression-too-long",
        "L’expression est trop longue : partagez-la en plusieurs champs calculés.",
        "The expression is too long: share it among several calculated fields.";
    ExpressionTooDeep = "forms.expression-too-deep",
        "Trop de parenthèses sont ouvertes l’une dans l’autre : partagez l’expression en plusieurs champs calculés.",
        "Too many parentheses lie in each other: share the expression among several calculated fields.";
    ExpressionNameUnknown = "forms.expression-name-unknown",
        "Aucun champ ne porte ce nom.", "No field has this name.";
    ExpressionNameAmbiguous = "forms.expression-name-ambiguous",
        "Plusieurs champs portent ce nom et aucun n’est plus proche : renommez l’un d’eux.",
        "Several fields have this name and none is nearer: rename one of them.";
    ExpressionFunctionUnknown = "forms.expression-function-unknown",
        "Aucune fonction ne porte ce nom.", "No function has this name.";
    ExpressionFunctionUnsupported = "forms.expression-function-unsupported",
        "Cette fonction n’est pas calculée ici : ce qui en dépend reste inconnu.",
        "This function is not worked out here: what rests on it stays unknown.";
    ExpressionArguments = "forms.expression-arguments",
        "Cette fonction n’a pas reçu le bon nombre de valeurs.",
        "This function was not given the right number of values.";
    ExpressionKinds = "forms.expression-kinds",
        "Ces valeurs ne sont pas de nature à aller ensemble.",
        "These kinds of values do not go together.";
    ExpressionPattern = "forms.expression-pattern",
        "Ce motif ne peut être utilisé.", "This pattern cannot be used.";
    ExpressionCodeUnknown = "forms.expression-code-unknown",
        "La liste de ce champ n’a pas ce code.", "The list of this field has no such code.";
    ExpressionCycle = "forms.expression-cycle",
        "Ces champs dépendent l’un de l’autre en rond : retirez l’un d’eux de l’expression d’un autre.",
        "These fields rest on each other in a circle: take one of them out of the expression of another.";

    RequiredAdded = "forms.required-added",
        "Un champ obligatoire apparaît, sans valeur par défaut : les anciens enregistrements ne l’ont pas.",
        "A required field appears without a default: older records lack it.";
    RequiredRemoved = "forms.required-removed",
        "Un champ que l’ancienne version exige disparaît : les nouveaux enregistrements ne l’ont pas.",
        "A field that the older version requires goes: newer records lack it.";
    MayNotConvert = "forms.may-not-convert",
        "Toutes les valeurs ne peuvent pas être lues selon la nouvelle nature.",
        "Not every value can be read as the other kind.";
    Narrowed = "forms.narrowed",
        "La nouvelle version accepte moins que l’ancienne.",
        "The newer version accepts less than the older one.";
    Widened = "forms.widened",
        "La nouvelle version accepte plus que l’ancienne.",
        "The newer version accepts more than the older one.";
    CodeRemoved = "forms.code-removed",
        "Un code disparaît sans qu’un autre le remplace : il reste dans les enregistrements, signalé.",
        "A code goes and no other replaces it: it stays in the records, and is told.";
    CodeAdded = "forms.code-added",
        "Un code apparaît, que l’ancienne version ne connaît pas.",
        "A code appears that the older version does not know.";
    DefaultInvalid = "forms.default-invalid",
        "La valeur par défaut n’est pas valable dans ce champ.",
        "The default is not valid in its field.";
    CannotBeShown = "forms.cannot-be-shown",
        "Rien ne garantit que les enregistrements restent valables.",
        "That records stay valid cannot be shown.";
    SchemaUnsound = "forms.schema-unsound",
        "Ce document n’est pas un schéma JSON Schema : corrigez l’endroit indiqué.",
        "This document is no JSON Schema: mend the place that is named.";
    SchemaReferenceMissing = "forms.schema-reference-missing",
        "Le schéma renvoie à ce qui n’est pas là ; rien n’est cherché sur le réseau : donnez le document visé.",
        "The schema refers to what is not there; nothing is fetched from the network: give the document it means.";
    SchemaCircular = "forms.schema-circular",
        "Le schéma n’est défini que par lui-même à cet endroit : ôtez un renvoi du cercle.",
        "The schema is defined by itself alone at this place: take one reference out of the circle.";
    SchemaMayRefuse = "forms.schema-may-refuse",
        "Ce mot-clé refuse, ou peut-être refuse, des données que l’autre version accepte.",
        "This keyword refuses, or perhaps refuses, data that the other version accepts.";
    SchemaTooIntricate = "forms.schema-too-intricate",
        "La question est trop enchevêtrée pour être tranchée : la compatibilité n’est pas montrée.",
        "The question is too intricate to be settled: compatibility is not shown.";
    SchemaAcceptsNothing = "forms.schema-accepts-nothing",
        "Les deux versions n’acceptent aucune donnée : rien ne montre ce qui était voulu.",
        "Both versions accept no data at all: nothing shows what was meant.";

    ConstraintUnmet = "forms.constraint-unmet",
        "La réponse ne remplit pas la condition de ce champ.",
        "The answer does not meet the condition of this field.";
    AnswersUnreadable = "forms.answers-unreadable",
        "Ce n’est pas une suite d’étapes : partez de l’exemple de `c3ms form play --help`.",
        "This is no list of steps: start from the example of `c3ms form play --help`.";
    StepUnsound = "forms.step-unsound",
        "Cette étape ne peut être faite : corrigez la question ou la liste qu’elle nomme.",
        "This step cannot be taken: mend the question or list that it names.";

    LabelMissing = "design.label-missing",
        "Il n’a pas de nom pour les gens : donnez-lui un libellé.",
        "It has no name for people: give it a label.";
    LanguageMissing = "design.language-missing",
        "Ce texte manque dans une langue du format : traduisez-le.",
        "This text lacks in a language of the format: translate it.";
    VocabularyFits = "design.vocabulary-fits",
        "Texte libre là où une liste du format convient : faites-en un choix dans cette liste.",
        "Free text where a list of the format fits: make it a choice from that list.";
    ClosedList = "design.closed-list",
        "Texte libre pour ce qui n’a que peu de valeurs : une liste évite les variantes d’écriture.",
        "Free text for what has few values: a list spares ways of writing the same.";
    IdUnstable = "design.id-unstable",
        "L’identifiant dit une position ou un libellé, qui changeront : choisissez un mot qui reste.",
        "The id tells a position or a label, which will change: choose a word that stays.";
    NameStyle = "design.name-style",
        "Petites lettres, chiffres et tirets seulement : le nom passe alors partout tel quel.",
        "Small letters, digits and hyphens only: then the name goes everywhere as it is.";
    VocabularyUnused = "design.vocabulary-unused",
        "Aucun champ n’emploie cette liste : employez-la ou retirez-la.",
        "No field uses this list: use it or take it out.";
    CodeIsLabel = "design.code-is-label",
        "Le code est un libellé : un code court, sans espace ni accent, survit aux corrections.",
        "The code is a label: a short code without spaces or accents outlives corrections.";
    ListOfOne = "design.list-of-one",
        "Une liste d’un élément au plus : un champ simple se remplit mieux.",
        "A list of at most one item: a plain field is easier to fill in.";
    RequiredSometimes = "design.required-sometimes",
        "Obligatoire, mais demandé seulement parfois : dites-le dans l’aide, ou retirez l’un des deux.",
        "Required, but asked only sometimes: say so in the help, or take one of the two out.";
    LengthOpen = "design.length-open",
        "Un texte public sans longueur maximale : fixez-en une, les pages et les flux en ont besoin.",
        "A public text without a maximum length: set one, pages and feeds need it.";
    PatternOpen = "design.pattern-open",
        "Le motif n’est pas ancré : sans `^` et `$`, il suffit qu’il se trouve quelque part.",
        "The pattern is not anchored: without `^` and `$` it may stand anywhere in the text.";
    DateAsText = "design.date-as-text",
        "Une date écrite en texte ne se trie ni ne se filtre : choisissez `date` ou `moment`.",
        "A date kept as text cannot be sorted or filtered: choose `date` or `moment`.";
    AmountAsNumber = "design.amount-as-number",
        "Un montant sans devise, ou qui s’arrondit : choisissez `money`.",
        "An amount without a currency, or one that is rounded: choose `money`.";
    PersonalPublic = "design.personal-public",
        "Une donnée personnelle, peut-être, visible de tous : choisissez qui doit la voir.",
        "Perhaps personal data, seen by everybody: choose who is to see it.";
    TitleMissing = "design.title-missing",
        "Les fiches n’ont pas de titre, elles s’appelleront par leur identifiant : nommez un champ de texte.",
        "Records have no title and will be called by their ids: name a text field.";
    TermMissing = "design.term-missing",
        "Le nom est celui d’une propriété de schema.org : dites ce sens, pour que d’autres outils le lisent.",
        "The name is that of a property of schema.org: say this meaning, so that other tools read it.";
    TermTwice = "design.term-twice",
        "Deux champs voisins ont le même sens : leurs valeurs seront mêlées là où elles sont livrées.",
        "Two fields beside each other mean the same: their values will be mixed where they are delivered.";
    LabelTwice = "design.label-twice",
        "Deux champs voisins portent le même libellé : on ne saura lequel remplir.",
        "Two fields beside each other have the same label: nobody knows which to fill in.";
    GroupOfOne = "design.group-of-one",
        "Un groupe de moins de deux champs : le champ seul suffit.",
        "A group of fewer than two fields: the field alone is enough.";
    GroupsDeep = "design.groups-deep",
        "Des groupes emboîtés trop profondément : on s’y perd en remplissant.",
        "Groups lie too deep in each other: one gets lost filling them in.";
    FieldsMany = "design.fields-many",
        "Trop de champs à un même niveau : rassemblez-les en groupes.",
        "Too many fields on one level: gather them in groups.";
    AsksAhead = "design.asks-ahead",
        "Cette condition dépend d’un champ qui vient plus loin : placez-le avant.",
        "This condition rests on a field that comes later: put it before.";
    HelpMissing = "design.help-missing",
        "Une condition à remplir, mais rien ne le dit à qui remplit : ajoutez une aide.",
        "A condition to fulfil, but nothing tells so to who fills it in: add help.";

    SourceEmpty = "import.source-empty",
        "Le fichier est vide : exportez-le de nouveau depuis sa source.",
        "The file is empty: export it again from its source.";
    SourceUnknown = "import.source-unknown",
        "Ni CSV, ni iCalendar, ni JSON-LD : donnez un fichier de l’une de ces sortes.",
        "Neither CSV, iCalendar nor JSON-LD: give a file of one of these kinds.";
    SourceNul = "import.nul-byte",
        "Le fichier contient des octets nuls : ce n’est pas du texte, ou il est abîmé.",
        "The file holds NUL bytes: it is no text, or it is damaged.";
    SourceEncoding = "import.encoding-unreadable",
        "L’encodage des caractères ne peut être lu : enregistrez le fichier en UTF-8.",
        "The characters cannot be read: save the file as UTF-8.";
    SourceTooLong = "import.line-too-long",
        "Une ligne est démesurée : le fichier est abîmé ou n’est pas de cette sorte.",
        "A line is far too long: the file is damaged or not of this kind.";
    CsvBroken = "import.csv-broken",
        "Le tableau est abîmé à cette ligne : vérifiez guillemets et colonnes.",
        "The table is damaged at this line: check quotes and columns.";
    FeedBroken = "import.feed-broken",
        "Le flux est abîmé à cette ligne, ou ce n’est ni du RSS ni de l’Atom : exportez-le de nouveau.",
        "The feed is damaged at this line, or is neither RSS nor Atom: export it again.";
    TableTooWide = "import.too-many-columns",
        "Le tableau a plus de colonnes que personne n’en remplit : vérifiez le séparateur, ou l’export.",
        "The table has more columns than anybody fills in: check the delimiter, or the export.";
    RegisterUnreadable = "import.register-unreadable",
        "Ce tableau de communes n’a pas les colonnes attendues : un code, un nom, des codes postaux.",
        "This table of communes lacks the columns that are wanted: a code, a name, postal codes.";
    SourceShrank = "import.source-shrank",
        "La source a perdu plus d’un tiers de ses enregistrements : vérifiez le fichier, puis ajoutez `--accept-shrink` si c’est voulu, ou `--partial` s’il n’est qu’une partie.",
        "The source lost more than a third of its records: check the file, then add `--accept-shrink` where that is meant, or `--partial` where it is only a part.";
    CalendarBroken = "import.calendar-broken",
        "L’agenda est abîmé à cette ligne : exportez-le de nouveau.",
        "The calendar is damaged at this line: export it again.";
    JsonBroken = "import.json-broken",
        "Le JSON est abîmé à cet endroit : exportez-le de nouveau.",
        "The JSON is damaged at this place: export it again.";
    MappingUnreadable = "import.mapping-unreadable",
        "Ce n’est pas une correspondance : repartez de `c3ms mapping FICHIER`.",
        "This is no mapping: start again from `c3ms mapping FILE`.";
    MappingUnsound = "import.mapping-unsound",
        "La correspondance nomme ce qui n’existe pas : corrigez la règle indiquée.",
        "The mapping names what does not exist: mend the rule that is named.";
    CubeNotInferred = "import.cube-not-inferred",
        "Rien ne dit ce que décrit ce fichier : ajoutez `--into CUBE`.",
        "Nothing tells what this file describes: add `--into CUBE`.";

    NothingToCompare = "identity.nothing-to-compare",
        "Ces deux tableaux n’ont pas de colonne commune qui nomme leurs objets : donnez un nom, un site ou un code aux deux.",
        "These two tables have no column in common that names their things: give both a name, a page or a code.";

    ValueUnmapped = "import.unmapped",
        "Aucune règle de la correspondance ne prend cette valeur.",
        "No rule of the mapping takes this value.";
    ValueEmpty = "import.empty", "La valeur est vide.", "The value is empty.";
    ValueUnreadable = "import.value-unreadable",
        "La valeur ne peut être lue comme le champ la demande.",
        "The value cannot be read as the field wants it.";
    ValueFormulaFailed = "import.formula-failed",
        "La cellule tient le résultat d’une formule en échec, pas une valeur : corrigez-la dans le tableur ; ce qui était connu reste.",
        "The cell holds the result of a formula that failed, no value: mend it in the spreadsheet; what was known stays.";
    ValueCorrected = "import.corrected",
        "Quelqu’un a corrigé ce champ dans la coopérative, et la source dit autre chose depuis : la correction reste ; `c3ms revert` la défait.",
        "Somebody corrected this field in the cooperative, and the source says otherwise since: the correction stays; `c3ms revert` undoes it.";
    ValueConflict = "import.conflict",
        "Une autre valeur du même enregistrement a été gardée.",
        "Another value of the same record was kept.";
    ValueOwnedElsewhere = "import.owned-elsewhere",
        "L’enregistrement appartient à une autre source, qui dit autre chose.",
        "The record belongs to another source, which says otherwise.";
    ValueRecordRefused = "import.record-refused",
        "L’enregistrement entier a été refusé.", "The whole record was refused.";
    ImportZoneUnknown = "import.zone-unknown",
        "Ce fuseau horaire n’existe pas : dites dans la correspondance (`zones`) lequel est voulu.",
        "There is no such time zone: say in the mapping (`zones`) which one is meant.";
    ValueLinkUnknown = "import.link-unknown",
        "Aucun enregistrement ne porte ce nom ou cette clé.",
        "No record has this name or key.";

    EntryMissing = "cooperative.entry-missing",
        "Aucune fiche ne porte cet identifiant : `c3ms search` les trouve.",
        "No entry has this id: `c3ms search` finds them.";
    EntryRefused = "cooperative.entry-refused",
        "La fiche ne peut être changée ainsi : voyez la raison indiquée.",
        "The entry cannot be changed so: see the reason that is given.";
    EntryConflict = "cooperative.entry-conflict",
        "Quelqu’un d’autre a changé ce champ entre-temps : comparez les deux valeurs, puis écrivez celle qui vaut.",
        "Somebody else changed this field meanwhile: compare both values, then write the one that holds.";
    NotPermitted = "cooperative.not-permitted",
        "Votre rôle ne le permet pas : demandez à qui tient la fiche, à une rédactrice ou à la coordination.",
        "Your role does not allow it: ask who keeps the entry, an editor or the coordinator.";
    MemberMissing = "cooperative.member-missing",
        "Aucun membre ne porte ce nom : `c3ms member list` les énumère.",
        "No member has this name: `c3ms member list` lists them.";
    MemberRefused = "cooperative.member-refused",
        "Le membre ne peut être inscrit ainsi : voyez la raison indiquée.",
        "The member cannot be written down so: see the reason that is given.";
    RequestMissing = "cooperative.request-missing",
        "Aucune demande ouverte ne porte cet identifiant : `c3ms queue` les énumère.",
        "No open request has this id: `c3ms queue` lists them.";
    InvitationRefused = "cooperative.invitation-refused",
        "Ce lien ne vaut pas, ne vaut plus, ou a déjà servi : demandez-en un autre.",
        "This link does not hold, no longer holds, or has been used: ask for another.";

    WorkbookUnknown = "exchange.workbook-unknown",
        "Ce n’est ni un classeur .xlsx ou .xls, ni un .csv de formulaire : enregistrez-le en .xlsx.",
        "This is neither an .xlsx or .xls workbook nor the .csv of a form: save it as .xlsx.";
    WorkbookDamaged = "exchange.workbook-damaged",
        "Le classeur est abîmé : ouvrez-le dans un tableur et enregistrez-le de nouveau en .xlsx.",
        "The workbook is damaged: open it in a spreadsheet program and save it again as .xlsx.";
    WorkbookLocked = "exchange.workbook-locked",
        "Le classeur est protégé par un mot de passe : enregistrez-le sans mot de passe.",
        "The workbook is locked by a password: save it without one.";
    WorkbookTooLarge = "exchange.workbook-too-large",
        "Le classeur est démesuré pour un formulaire : retirez-en les feuilles et lignes superflues.",
        "The workbook is far too large for a form: take superfluous sheets and rows out.";
    SheetMissing = "exchange.sheet-missing",
        "Il manque une feuille : nommez `survey` celle qui porte les questions.",
        "A sheet is missing: name the one with the questions `survey`.";
    HeaderTwice = "exchange.header-twice",
        "Deux colonnes veulent dire la même chose : retirez-en une ou renommez-la.",
        "Two columns mean the same: take one out or rename it.";
    HeaderMissing = "exchange.header-missing",
        "Il manque une colonne : ajoutez-la à la première ligne de la feuille.",
        "A column is missing: add it to the first row of the sheet.";
    QuestionTypeMissing = "exchange.type-missing",
        "La ligne n’a pas de type : donnez-en un, par exemple `text`, ou videz la ligne.",
        "The row has no type: give one, as `text`, or empty the row.";
    QuestionTypeUnknown = "exchange.type-unknown",
        "Ce type de question n’existe pas : vérifiez l’orthographe (text, integer, `select_one LISTE`…).",
        "There is no such question type: check its spelling (text, integer, `select_one LIST`…).";
    QuestionUnnamed = "exchange.name-missing",
        "La question ou le groupe n’a pas de nom : remplissez la colonne `name`.",
        "The question or group has no name: fill in the column `name`.";
    QuestionNameInvalid = "exchange.name-invalid",
        "Ce nom ne convient pas : une lettre d’abord, puis lettres, chiffres, tirets ou points, sans espace.",
        "This name will not do: a letter first, then letters, digits, hyphens or points, no space.";
    QuestionNameTwice = "exchange.name-twice",
        "Ce nom est déjà pris à cet endroit : choisissez-en un autre.",
        "This name is taken already in this place: choose another.";
    QuestionUnlabeled = "exchange.label-missing",
        "La question n’a ni libellé ni indication : remplissez la colonne `label`.",
        "The question has neither label nor hint: fill in the column `label`.";
    BeginUnmatched = "exchange.begin-unmatched",
        "Ce groupe n’est jamais fermé : ajoutez la ligne `end`.",
        "This group is never ended: add its `end` row.";
    EndUnmatched = "exchange.end-unmatched",
        "Cette ligne `end` ne ferme rien de cette sorte : retirez-la ou ajoutez la ligne `begin`.",
        "This `end` row ends nothing of the kind: take it out or add the `begin` row.";
    GroupsTooDeep = "exchange.groups-too-deep",
        "Les groupes sont emboîtés trop profondément : aplatissez-les.",
        "Groups lie too deep within each other: flatten them.";
    ChoiceListMissing = "exchange.choice-list-missing",
        "Cette liste de choix n’existe pas : ajoutez-la à la feuille `choices`, ou corrigez son nom.",
        "There is no such choice list: add it to the sheet `choices`, or mend its name.";
    ChoiceUnnamed = "exchange.choice-name-missing",
        "Le choix n’a pas de nom : remplissez la colonne `name` de la feuille `choices`.",
        "The choice has no name: fill in the column `name` of the sheet `choices`.";
    ChoiceTwice = "exchange.choice-twice",
        "Ce choix est deux fois dans sa liste : renommez-le, ou réglez `allow_choice_duplicates` sur `yes`.",
        "This choice stands twice in its list: rename it, or set `allow_choice_duplicates` to `yes`.";
    ChoiceSpaced = "exchange.choice-spaced",
        "Un choix multiple ne peut avoir d’espace dans le nom d’un choix : remplacez-la par `_`.",
        "A choice of several answers can have no space in its name: write `_` instead.";
    CalculationMissing = "exchange.calculation-missing",
        "Il n’y a rien à calculer : remplissez la colonne `calculation`.",
        "There is nothing to calculate: fill in the column `calculation`.";
    ReferenceBroken = "exchange.reference-broken",
        "Une référence s’écrit ${nom}, sans espace : corrigez-la.",
        "A reference is written ${name}, without spaces: mend it.";
    ReferenceUnknown = "exchange.reference-unknown",
        "Aucune question ne porte ce nom : corrigez la référence ou ajoutez la question.",
        "No question has this name: mend the reference or add the question.";
    ReferenceAmbiguous = "exchange.reference-ambiguous",
        "Plusieurs questions portent ce nom : renommez-les avant de vous y référer.",
        "Several questions have this name: rename them before referring to one.";
    ParametersUnsound = "exchange.parameters-unsound",
        "Les paramètres de la question ne conviennent pas : corrigez la colonne `parameters`.",
        "The question's parameters will not do: mend the column `parameters`.";
    SettingUnsound = "exchange.setting-unsound",
        "Ce réglage ne convient pas : corrigez la feuille `settings`.",
        "This setting will not do: mend the sheet `settings`.";
    CombinationRefused = "exchange.combination-refused",
        "Ces deux choses ne vont pas ensemble : retirez l’une d’elles.",
        "These two do not go together: take one of them out.";
    EntityUnsound = "exchange.entity-unsound",
        "La feuille `entities` ou la colonne `save_to` se contredit : corrigez l’endroit indiqué.",
        "The sheet `entities` or the column `save_to` contradicts itself: mend the place that is named.";

    StoreMissing = "store.missing",
        "Il n’y a pas de coopérative dans ce dossier : `c3ms init DOSSIER` en crée une.",
        "There is no cooperative in this folder: `c3ms init DIR` makes one.";
    StoreExists = "store.exists",
        "Il y a déjà une coopérative dans ce dossier : choisissez-en un autre.",
        "There is a cooperative in this folder already: choose another.";
    StoreNewer = "store.newer",
        "La base vient d’une version plus récente : mettez c3ms à jour.",
        "The database is of a newer version: update c3ms.";
    StoreUnreadable = "store.unreadable",
        "Le fichier n’est pas une base lisible : restaurez une sauvegarde (`c3ms restore`).",
        "The file is no readable database: restore a backup (`c3ms restore`).";
    StoreReadOnly = "store.read-only",
        "On ne peut écrire ici : changez les droits du dossier ou choisissez-en un autre.",
        "Nothing can be written here: change the folder's rights or choose another.";
    StoreBusy = "store.busy",
        "Un autre programme écrit dans cette coopérative : attendez qu’il ait fini.",
        "Another program writes into this cooperative: wait until it is done.";
    StoreFull = "store.full",
        "Le disque est plein : faites de la place ; rien n’a été perdu.",
        "The disk is full: make room; nothing was lost.";
    StoreFailed = "store.failed",
        "La base a refusé l’opération ; rien n’a été écrit.",
        "The database refused the operation; nothing was written.";
    StoreMoved = "store.moved",
        "Un autre programme a écrit entre-temps : recommencez.",
        "Another program wrote meanwhile: do it again.";
    LogBroken = "store.log-broken",
        "Le journal a été altéré à cet endroit : restaurez une sauvegarde (`c3ms restore`).",
        "The log was altered at this place: restore a backup (`c3ms restore`).";
    BodyBroken = "store.body-broken",
        "Un contenu ne correspond plus à son engagement au journal : restaurez une sauvegarde.",
        "A body no longer matches its commitment in the log: restore a backup.";
    ProjectionBroken = "store.projection-broken",
        "Les tables de lecture ne disent plus ce que dit le journal : `c3ms verify --rebuild` les refait.",
        "The read tables no longer say what the log says: `c3ms verify --rebuild` makes them anew.";

    CalendarUnreadable = "calendar.unreadable",
        "Ce fichier n’est pas un agenda iCalendar, ou ses parties ne se ferment pas : exportez-le de nouveau.",
        "This file is no iCalendar, or its parts do not close: export it again.";
    ScaleUnknown = "calendar.scale-unknown",
        "Seul le calendrier grégorien est compris : exportez l’agenda sans CALSCALE.",
        "Only the Gregorian calendar is understood: export the calendar without CALSCALE.";
    WindowBackwards = "calendar.window-backwards",
        "La période finit avant de commencer : échangez `--from` et `--to`.",
        "The window ends before it begins: exchange `--from` and `--to`.";
    LineUnreadable = "calendar.line-unreadable",
        "Cette ligne n’est pas une propriété ; le reste de l’agenda a été lu.",
        "This line is no property; the rest of the calendar was read.";
    OutsideCalendar = "calendar.outside",
        "Ce morceau d’agenda n’est dans aucun agenda : il a été lu ainsi.",
        "This piece of a calendar lies in none: it was read as it is.";
    BytesUnreadable = "calendar.bytes-unreadable",
        "L’agenda n’est pas en UTF-8 : les titres peuvent être abîmés, les dates ne le sont pas.",
        "The calendar is not in UTF-8: titles may be damaged, dates are not.";
    StartMissing = "calendar.start-missing",
        "Un événement sans début n’a pas de date : donnez-lui un DTSTART.",
        "An event without a start has no dates: give it a DTSTART.";
    TimeUnreadable = "calendar.value-unreadable",
        "Cette date ou cette durée n’en est pas une : elle est laissée de côté.",
        "This is no date or duration: it is left out.";
    RuleUnreadable = "calendar.rule-unreadable",
        "La règle ne peut être suivie : il reste le début et les dates ajoutées.",
        "The rule cannot be followed: the start and the added dates remain.";
    CalendarZoneUnknown = "calendar.zone-unknown",
        "Ce fuseau horaire n’est ni connu ni décrit : ses heures sont lues sans fuseau.",
        "This time zone is neither known nor described: its times are read without one.";
    CalendarZoneUnreadable = "calendar.zone-unreadable",
        "La description de ce fuseau horaire ne peut être suivie.",
        "The description of this time zone cannot be followed.";
    ExceptionRule = "calendar.exception-rule",
        "EXRULE n’existe plus dans iCalendar : remplacez-la par des EXDATE.",
        "EXRULE is no longer part of iCalendar: replace it by EXDATE.";
    TooManyDates = "calendar.too-many-dates",
        "La série donne trop de dates : réduisez la période, ou corrigez la règle.",
        "The series gives too many dates: take a shorter window, or mend the rule.";
    HoursUnreadable = "calendar.hours-unreadable",
        "Ces horaires ne peuvent être lus : écrivez-les comme `Mo-Fr 10:00-18:00; Tu off`.",
        "These opening hours cannot be read: write them as `Mo-Fr 10:00-18:00; Tu off`.";

    WorkflowUnsound = "governance.workflow-unsound",
        "Ce circuit de relecture se contredit, ou nomme ce qui n’existe pas : corrigez l’endroit indiqué.",
        "This workflow contradicts itself, or names what there is not: mend the place that is named.";
    KeyUnreadable = "governance.key-unreadable",
        "Une clé est faite de 64 chiffres hexadécimaux.", "A key is 64 hexadecimal digits.";
    SignatureWrong = "governance.signature-wrong",
        "La signature n’est pas celle de ce membre sur ce contenu.",
        "The signature is not this member's over this content.";
    MemberRevoked = "governance.member-revoked",
        "La clé de ce membre était révoquée à cette date.",
        "The key of this member was revoked at that time.";

    EncodingFailed = "delivery.encoding-failed",
        "Un enregistrement n’a pu être écrit dans cet encodage.",
        "A record could not be written in this encoding.";
    TemplateBroken = "delivery.template-broken",
        "Le gabarit de page est abîmé.", "The page template is damaged.";
    ZoneUnknown = "delivery.zone-unknown",
        "Le fuseau horaire n’existe pas.", "The time zone does not exist.";

    BundleUnreadable = "publisher.bundle-unreadable",
        "Le fichier d’agenda ne peut être lu : livrez-le de nouveau.",
        "The agenda file cannot be read: deliver it again.";
    QueryUnreadable = "publisher.query-unreadable",
        "La question posée à l’agenda ne peut être lue.",
        "The query put to the agenda cannot be read.";

    FileMissing = "file.missing",
        "Ce chemin n’existe pas : vérifiez-le.", "This path does not exist: check it.";
    FileUnreadable = "file.unreadable",
        "Ce fichier ne peut être lu : vérifiez ses droits.", "This file cannot be read: check its rights.";
    FileUnwritable = "file.unwritable",
        "On ne peut écrire à cet endroit : vérifiez les droits et la place.",
        "Nothing can be written there: check rights and room.";
    EditorMissing = "command.editor-missing",
        "Aucun éditeur ne s’est ouvert : nommez le vôtre dans VISUAL ou EDITOR, ou donnez les opérations dans un fichier.",
        "No editor opened: name yours in VISUAL or EDITOR, or give the operations in a file.";
}

impl Serialize for Code {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
