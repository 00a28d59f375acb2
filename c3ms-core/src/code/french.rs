//! What each code means and what to do, in French.

use super::Code;

pub(super) const fn advice(code: Code) -> &'static str {
    match code {
        Code::FormatUnreadable => "Ce format n’est pas un document de format : corrigez l’endroit indiqué.",
        Code::FormUnreadable => {
            "Ces octets ne sont pas un formulaire de cette version de C3MS : compilez à nouveau le format."
        }
        Code::FormatUnsound => "Ce format se contredit : corrigez le champ indiqué.",
        Code::SchemaUnreadable => {
            "Ce document n’est pas un schéma de fiches (JSON Schema d’un objet, ou Table Schema) : corrigez l’endroit indiqué."
        }
        Code::FormatUnknown => {
            "Aucun format ne porte ce nom dans la coopérative : `c3ms format` les énumère."
        }
        Code::VersionUnknown => {
            "Cette version du format n’est pas connue ici : `c3ms format versions` les énumère."
        }
        Code::OperationRefused => {
            "Cette opération ne peut être faite sur ce format : corrigez ce qui est indiqué."
        }
        Code::ProfileIncomplete => {
            "Un fichier du profil manque : remettez-le, ou retirez son nom de profile.json."
        }
        Code::LengthsDiffer => {
            "Deux colonnes qui vont ensemble n’ont pas la même longueur : complétez celle qui est plus courte."
        }
        Code::TableUnreadable => "Ce tableau de réponses ne se lit pas : corrigez la ligne indiquée.",
        Code::VariableUnknown => "Aucune variable ne porte ce nom : corrigez-le, ou ajoutez la colonne.",
        Code::NotNumeric => {
            "Cette variable n’est pas numérique : corrigez la valeur indiquée, ou traitez-la comme catégories."
        }
        Code::MissingInDesign => {
            "Le plan de sondage doit être connu pour chaque répondant : complétez la ligne indiquée."
        }
        Code::UnitsCrossStrata => {
            "Le même identifiant d’unité figure dans deux strates : dites `nest` s’il s’agit d’unités différentes."
        }
        Code::PopulationUnfit => {
            "Cet effectif de population ne convient pas à l’échantillon : corrigez la valeur indiquée."
        }
        Code::SinglePsu => {
            "Une strate n’a qu’une unité : regroupez-la avec une autre, ou choisissez `single_psu` dans le plan."
        }
        Code::SurveyFile => {
            "Le document nomme un fichier qui n’est pas donné : placez-le à côté du document, ou corrigez son nom."
        }
        Code::SpecUnreadable => {
            "Ce document n’est pas l’analyse, le tirage ou la répartition demandés : corrigez l’endroit indiqué."
        }
        Code::SurveyExpression => {
            "Cette expression ne se lit pas : corrigez-la, les variables s’écrivent ${nom}."
        }
        Code::ReplicatesUnfit => {
            "Ce plan n’admet pas ces répliques : choisissez-en d’autres, ou regroupez des strates."
        }
        Code::FigureUnfit => {
            "Cette estimation ne peut être calculée telle qu’elle est demandée : corrigez ce qui est nommé dans l’analyse."
        }
        Code::WaveUnknown => {
            "Aucune vague d’enquête ne porte ce nom : corrigez-le, ou lancez d’abord la vague."
        }
        Code::SlotUnknown => {
            "La vague n’a pas ce créneau : corrigez l’identifiant, ou planifiez la vague à nouveau."
        }
        Code::QuestionnaireUnknown => {
            "Cette version du questionnaire est inconnue ici : mettez-la en vigueur, puis remettez le message."
        }
        Code::MessageTorn => "La dernière ligne est coupée, l’appareil l’a encore : qu’il remette sa file.",
        Code::MessageUnreadable => {
            "Cette ligne n’est pas un message d’appareil : corrigez ce qui est nommé, ou remettez ce que l’appareil a."
        }
        Code::MessageTooLong => {
            "Un message a un mégaoctet au plus : abrégez la réponse, ou laissez-la de côté."
        }
        Code::SequenceReused => {
            "L’appareil a donné un même numéro à deux messages : comparez-les, et remettez le bon sous un nouveau numéro."
        }
        Code::ResponseOfAnother => {
            "Un autre appareil a donné une réponse de cet identifiant : comparez-les ; une réponse se corrige là où elle fut donnée."
        }
        Code::TooManyStates => {
            "Ceci a changé des centaines de fois : quelque chose ne va pas avec l’appareil qui l’envoie."
        }
        Code::ReuserUnknown => "Personne ne reprend de données sous ce nom : `c3ms reuser list` les donne.",
        Code::TokenUnknown => {
            "Ce qui fut suivi n’est pas ce qui a mené ici, ou n’a jamais été : recommencez, sans jeton."
        }
        Code::RespondentUnknown => {
            "Rien n’est gardé sous cet identifiant : corrigez-le ; ce qui fut effacé n’est plus, ce qui était sans accord n’a jamais été gardé."
        }
        Code::SurveyStopped => "Le calcul a été arrêté avant la fin : relancez-le.",
        Code::GeometryUnfit => {
            "Cette analyse géométrique ne peut être faite : suivez la raison indiquée (variables actives, modalités passives, nombre de classes)."
        }
        Code::LevelUnknown => "Cette variable n’a pas cette modalité : prenez-en une de la liste.",
        Code::PointsTooMany => {
            "Trop de points distincts pour un arbre : indiquez `groups` (par exemple 2000)."
        }
        Code::ImputationUnfit => {
            "Cette imputation ne peut être faite telle qu’elle est décrite : suivez la raison indiquée."
        }
        Code::DonorMissing => {
            "Personne dans cette classe ne peut donner la réponse : regroupez des classes, retirez une variable de classe ou relevez la limite d’emplois."
        }
        Code::ModelUnfit => "Ce modèle ne s’ajuste pas : retirez un terme, ou corrigez la réponse.",
        Code::DomainEmpty => "Personne n’est dans ce domaine : corrigez la condition.",
        Code::NumberUnfit => "Ce nombre ne peut servir ici : corrigez la valeur indiquée.",
        Code::WeightNotPositive => {
            "Un poids doit être supérieur à 0 : corrigez la ligne indiquée, ou retirez-la."
        }
        Code::MarginUnmet => {
            "Cette catégorie ne peut atteindre son total : regroupez-la avec une autre, ou corrigez son total."
        }
        Code::MarginsDisagree => {
            "Deux marges du même public n’ont pas la même somme : ramenez-les à la même population."
        }
        Code::NoConvergence => {
            "Le calcul n’aboutit pas : élargissez les bornes, regroupez des catégories, ou corrigez le total indiqué."
        }
        Code::ReplicateUnfit => {
            "Une réplique ne peut être calée comme l’échantillon : regroupez les catégories rares."
        }
        Code::SampleTooLarge => {
            "L’échantillon demandé dépasse ce qui peut être tiré : demandez moins d’unités, ou complétez la base."
        }
        Code::DesignUnfit => {
            "Ce plan de sondage ne peut être exécuté tel quel : corrigez ce qui est indiqué."
        }
        Code::DisclosureUnfit => {
            "Ces tableaux ne peuvent être protégés comme c’est demandé : suivez la raison indiquée."
        }
        Code::DimensionUnknown => {
            "Le tableau n’a pas cette dimension : corrigez son nom dans la case, ou ajoutez-la au tableau."
        }
        Code::CellUnfit => "Une case d’un tableau ne peut être telle quelle : corrigez la case indiquée.",
        Code::TableTooLarge => {
            "Trop de cases à protéger ensemble : regroupez des modalités, ôtez une dimension, ou publiez moins de tableaux à la fois."
        }
        Code::LedgerContradicted => {
            "Un nombre diffère de ce qui a été publié de la même population : rétablissez-le, ou nommez une autre population."
        }
        Code::CellExposed => {
            "Une case sensible se déduit des publications précédentes : regroupez sa modalité avec une autre, ou ôtez la dimension."
        }
        Code::Required => "Ce champ est obligatoire.",
        Code::UnknownField => "Le format n’a pas de champ de ce nom.",
        Code::WrongKind => "La valeur n’est pas de la nature attendue.",
        Code::TooShort => "Le texte est trop court.",
        Code::TooLong => "Le texte est trop long.",
        Code::TooSmall => "Le nombre est trop petit.",
        Code::TooLarge => "Le nombre est trop grand.",
        Code::TooMany => "La liste est trop longue.",
        Code::PatternMismatch => "Le texte n’a pas la forme attendue.",
        Code::UnknownCode => "Ce code n’est pas dans la liste.",
        Code::FreeButPriced => "Dit gratuit, alors qu’un tarif a un prix : retirez l’un des deux.",
        Code::ExpressionIncomplete => {
            "L’expression s’arrête trop tôt : il manque quelque chose après cet endroit."
        }
        Code::ExpressionUnexpected => "Ceci n’a pas sa place ici.",
        Code::ExpressionParenthesisOpen => "Il manque une parenthèse fermante après ceci.",
        Code::ExpressionBracketOpen => "Il manque un crochet fermant après ceci.",
        Code::ExpressionBraceOpen => "Il manque une accolade fermante après ce nom.",
        Code::ExpressionQuoteOpen => "Ce texte n’est pas refermé : ajoutez le guillemet qui manque.",
        Code::ExpressionTooLong => "L’expression est trop longue : partagez-la en plusieurs champs calculés.",
        Code::ExpressionTooDeep => {
            "Trop de parenthèses sont ouvertes l’une dans l’autre : partagez l’expression en plusieurs champs calculés."
        }
        Code::ExpressionNameUnknown => "Aucun champ ne porte ce nom.",
        Code::ExpressionNameAmbiguous => {
            "Plusieurs champs portent ce nom et aucun n’est plus proche : renommez l’un d’eux."
        }
        Code::ExpressionFunctionUnknown => "Aucune fonction ne porte ce nom.",
        Code::ExpressionFunctionUnsupported => {
            "Cette fonction n’est pas calculée ici : ce qui en dépend reste inconnu."
        }
        Code::ExpressionArguments => "Cette fonction n’a pas reçu le bon nombre de valeurs.",
        Code::ExpressionKinds => "Ces valeurs ne sont pas de nature à aller ensemble.",
        Code::ExpressionPattern => "Ce motif ne peut être utilisé.",
        Code::ExpressionCodeUnknown => "La liste de ce champ n’a pas ce code.",
        Code::ExpressionCycle => {
            "Ces champs dépendent l’un de l’autre en rond : retirez l’un d’eux de l’expression d’un autre."
        }
        Code::RequiredAdded => {
            "Un champ obligatoire apparaît, sans valeur par défaut : les anciens enregistrements ne l’ont pas."
        }
        Code::RequiredRemoved => {
            "Un champ que l’ancienne version exige disparaît : les nouveaux enregistrements ne l’ont pas."
        }
        Code::MayNotConvert => "Toutes les valeurs ne peuvent pas être lues selon la nouvelle nature.",
        Code::Narrowed => "La nouvelle version accepte moins que l’ancienne.",
        Code::Widened => "La nouvelle version accepte plus que l’ancienne.",
        Code::CodeRemoved => {
            "Un code disparaît sans qu’un autre le remplace : il reste dans les enregistrements, signalé."
        }
        Code::CodeAdded => "Un code apparaît, que l’ancienne version ne connaît pas.",
        Code::DefaultInvalid => "La valeur par défaut n’est pas valable dans ce champ.",
        Code::CannotBeShown => "Rien ne garantit que les enregistrements restent valables.",
        Code::SchemaUnsound => "Ce document n’est pas un schéma JSON Schema : corrigez l’endroit indiqué.",
        Code::SchemaReferenceMissing => {
            "Le schéma renvoie à ce qui n’est pas là ; rien n’est cherché sur le réseau : donnez le document visé."
        }
        Code::SchemaCircular => {
            "Le schéma n’est défini que par lui-même à cet endroit : ôtez un renvoi du cercle."
        }
        Code::SchemaMayRefuse => {
            "Ce mot-clé refuse, ou peut-être refuse, des données que l’autre version accepte."
        }
        Code::SchemaTooIntricate => {
            "La question est trop enchevêtrée pour être tranchée : la compatibilité n’est pas montrée."
        }
        Code::SchemaAcceptsNothing => {
            "Les deux versions n’acceptent aucune donnée : rien ne montre ce qui était voulu."
        }
        Code::ConstraintUnmet => "La réponse ne remplit pas la condition de ce champ.",
        Code::AnswersUnreadable => {
            "Ce n’est pas une suite d’étapes : partez de l’exemple de `c3ms form play --help`."
        }
        Code::StepUnsound => {
            "Cette étape ne peut être faite : corrigez la question ou la liste qu’elle nomme."
        }
        Code::LabelMissing => "Il n’a pas de nom pour les gens : donnez-lui un libellé.",
        Code::LanguageMissing => "Ce texte manque dans une langue du format : traduisez-le.",
        Code::VocabularyFits => {
            "Texte libre là où une liste du format convient : faites-en un choix dans cette liste."
        }
        Code::ClosedList => {
            "Texte libre pour ce qui n’a que peu de valeurs : une liste évite les variantes d’écriture."
        }
        Code::IdUnstable => {
            "L’identifiant dit une position ou un libellé, qui changeront : choisissez un mot qui reste."
        }
        Code::NameStyle => {
            "Petites lettres, chiffres et tirets seulement : le nom passe alors partout tel quel."
        }
        Code::VocabularyUnused => "Aucun champ n’emploie cette liste : employez-la ou retirez-la.",
        Code::CodeIsLabel => {
            "Le code est un libellé : un code court, sans espace ni accent, survit aux corrections."
        }
        Code::ListOfOne => "Une liste d’un élément au plus : un champ simple se remplit mieux.",
        Code::RequiredSometimes => {
            "Obligatoire, mais demandé seulement parfois : dites-le dans l’aide, ou retirez l’un des deux."
        }
        Code::LengthOpen => {
            "Un texte public sans longueur maximale : fixez-en une, les pages et les flux en ont besoin."
        }
        Code::PatternOpen => {
            "Le motif n’est pas ancré : sans `^` et `$`, il suffit qu’il se trouve quelque part."
        }
        Code::DateAsText => {
            "Une date écrite en texte ne se trie ni ne se filtre : choisissez `date` ou `moment`."
        }
        Code::AmountAsNumber => "Un montant sans devise, ou qui s’arrondit : choisissez `money`.",
        Code::PersonalPublic => {
            "Une donnée personnelle, peut-être, visible de tous : choisissez qui doit la voir."
        }
        Code::TitleMissing => {
            "Les fiches n’ont pas de titre, elles s’appelleront par leur identifiant : nommez un champ de texte."
        }
        Code::TermMissing => {
            "Le nom est celui d’une propriété de schema.org : dites ce sens, pour que d’autres outils le lisent."
        }
        Code::TermTwice => {
            "Deux champs voisins ont le même sens : leurs valeurs seront mêlées là où elles sont livrées."
        }
        Code::LabelTwice => "Deux champs voisins portent le même libellé : on ne saura lequel remplir.",
        Code::GroupOfOne => "Un groupe de moins de deux champs : le champ seul suffit.",
        Code::GroupsDeep => "Des groupes emboîtés trop profondément : on s’y perd en remplissant.",
        Code::FieldsMany => "Trop de champs à un même niveau : rassemblez-les en groupes.",
        Code::AsksAhead => "Cette condition dépend d’un champ qui vient plus loin : placez-le avant.",
        Code::HelpMissing => "Une condition à remplir, mais rien ne le dit à qui remplit : ajoutez une aide.",
        Code::SourceEmpty => "Le fichier est vide : exportez-le de nouveau depuis sa source.",
        Code::SourceUnknown => "Ni CSV, ni iCalendar, ni JSON-LD : donnez un fichier de l’une de ces sortes.",
        Code::SourceNul => "Le fichier contient des octets nuls : ce n’est pas du texte, ou il est abîmé.",
        Code::SourceEncoding => {
            "L’encodage des caractères ne peut être lu : enregistrez le fichier en UTF-8."
        }
        Code::SourceTooLong => "Une ligne est démesurée : le fichier est abîmé ou n’est pas de cette sorte.",
        Code::CsvBroken => "Le tableau est abîmé à cette ligne : vérifiez guillemets et colonnes.",
        Code::FeedBroken => {
            "Le flux est abîmé à cette ligne, ou ce n’est ni du RSS ni de l’Atom : exportez-le de nouveau."
        }
        Code::TableTooWide => {
            "Le tableau a plus de colonnes que personne n’en remplit : vérifiez le séparateur, ou l’export."
        }
        Code::RegisterUnreadable => {
            "Ce tableau de communes n’a pas les colonnes attendues : un code, un nom, des codes postaux."
        }
        Code::SourceShrank => {
            "La source a perdu plus d’un tiers de ses enregistrements : vérifiez le fichier, puis ajoutez `--accept-shrink` si c’est voulu, ou `--partial` s’il n’est qu’une partie."
        }
        Code::CalendarBroken => "L’agenda est abîmé à cette ligne : exportez-le de nouveau.",
        Code::JsonBroken => "Le JSON est abîmé à cet endroit : exportez-le de nouveau.",
        Code::MappingUnreadable => "Ce n’est pas une correspondance : repartez de `c3ms mapping FICHIER`.",
        Code::MappingUnsound => "La correspondance nomme ce qui n’existe pas : corrigez la règle indiquée.",
        Code::CubeNotInferred => "Rien ne dit ce que décrit ce fichier : ajoutez `--into CUBE`.",
        Code::NothingToCompare => {
            "Ces deux tableaux n’ont pas de colonne commune qui nomme leurs objets : donnez un nom, un site ou un code aux deux."
        }
        Code::ValueUnmapped => "Aucune règle de la correspondance ne prend cette valeur.",
        Code::ValueEmpty => "La valeur est vide.",
        Code::ValueUnreadable => "La valeur ne peut être lue comme le champ la demande.",
        Code::ValueFormulaFailed => {
            "La cellule tient le résultat d’une formule en échec, pas une valeur : corrigez-la dans le tableur ; ce qui était connu reste."
        }
        Code::ValueCorrected => {
            "Quelqu’un a corrigé ce champ dans la coopérative, et la source dit autre chose depuis : la correction reste ; `c3ms revert` la défait."
        }
        Code::ValueConflict => "Une autre valeur du même enregistrement a été gardée.",
        Code::ValueOwnedElsewhere => "L’enregistrement appartient à une autre source, qui dit autre chose.",
        Code::ValueRecordRefused => "L’enregistrement entier a été refusé.",
        Code::ImportZoneUnknown => {
            "Ce fuseau horaire n’existe pas : dites dans la correspondance (`zones`) lequel est voulu."
        }
        Code::ValueLinkUnknown => "Aucun enregistrement ne porte ce nom ou cette clé.",
        Code::EntryMissing => "Aucune fiche ne porte cet identifiant : `c3ms search` les trouve.",
        Code::EntryRefused => "La fiche ne peut être changée ainsi : voyez la raison indiquée.",
        Code::EntryConflict => {
            "Quelqu’un d’autre a changé ce champ entre-temps : comparez les deux valeurs, puis écrivez celle qui vaut."
        }
        Code::NotPermitted => {
            "Votre rôle ne le permet pas : demandez à qui tient la fiche, à une rédactrice ou à la coordination."
        }
        Code::MemberMissing => "Aucun membre ne porte ce nom : `c3ms member list` les énumère.",
        Code::MemberRefused => "Le membre ne peut être inscrit ainsi : voyez la raison indiquée.",
        Code::RequestMissing => "Aucune demande ouverte ne porte cet identifiant : `c3ms queue` les énumère.",
        Code::InvitationRefused => {
            "Ce lien ne vaut pas, ne vaut plus, ou a déjà servi : demandez-en un autre."
        }
        Code::WorkbookUnknown => {
            "Ce n’est ni un classeur .xlsx ou .xls, ni un .csv de formulaire : enregistrez-le en .xlsx."
        }
        Code::WorkbookDamaged => {
            "Le classeur est abîmé : ouvrez-le dans un tableur et enregistrez-le de nouveau en .xlsx."
        }
        Code::WorkbookLocked => {
            "Le classeur est protégé par un mot de passe : enregistrez-le sans mot de passe."
        }
        Code::WorkbookTooLarge => {
            "Le classeur est démesuré pour un formulaire : retirez-en les feuilles et lignes superflues."
        }
        Code::SheetMissing => "Il manque une feuille : nommez `survey` celle qui porte les questions.",
        Code::HeaderTwice => "Deux colonnes veulent dire la même chose : retirez-en une ou renommez-la.",
        Code::HeaderMissing => "Il manque une colonne : ajoutez-la à la première ligne de la feuille.",
        Code::QuestionTypeMissing => {
            "La ligne n’a pas de type : donnez-en un, par exemple `text`, ou videz la ligne."
        }
        Code::QuestionTypeUnknown => {
            "Ce type de question n’existe pas : vérifiez l’orthographe (text, integer, `select_one LISTE`…)."
        }
        Code::QuestionUnnamed => "La question ou le groupe n’a pas de nom : remplissez la colonne `name`.",
        Code::QuestionNameInvalid => {
            "Ce nom ne convient pas : une lettre d’abord, puis lettres, chiffres, tirets ou points, sans espace."
        }
        Code::QuestionNameTwice => "Ce nom est déjà pris à cet endroit : choisissez-en un autre.",
        Code::QuestionUnlabeled => {
            "La question n’a ni libellé ni indication : remplissez la colonne `label`."
        }
        Code::BeginUnmatched => "Ce groupe n’est jamais fermé : ajoutez la ligne `end`.",
        Code::EndUnmatched => {
            "Cette ligne `end` ne ferme rien de cette sorte : retirez-la ou ajoutez la ligne `begin`."
        }
        Code::GroupsTooDeep => "Les groupes sont emboîtés trop profondément : aplatissez-les.",
        Code::ChoiceListMissing => {
            "Cette liste de choix n’existe pas : ajoutez-la à la feuille `choices`, ou corrigez son nom."
        }
        Code::ChoiceUnnamed => {
            "Le choix n’a pas de nom : remplissez la colonne `name` de la feuille `choices`."
        }
        Code::ChoiceTwice => {
            "Ce choix est deux fois dans sa liste : renommez-le, ou réglez `allow_choice_duplicates` sur `yes`."
        }
        Code::ChoiceSpaced => {
            "Un choix multiple ne peut avoir d’espace dans le nom d’un choix : remplacez-la par `_`."
        }
        Code::CalculationMissing => "Il n’y a rien à calculer : remplissez la colonne `calculation`.",
        Code::ReferenceBroken => "Une référence s’écrit ${nom}, sans espace : corrigez-la.",
        Code::ReferenceUnknown => {
            "Aucune question ne porte ce nom : corrigez la référence ou ajoutez la question."
        }
        Code::ReferenceAmbiguous => {
            "Plusieurs questions portent ce nom : renommez-les avant de vous y référer."
        }
        Code::ParametersUnsound => {
            "Les paramètres de la question ne conviennent pas : corrigez la colonne `parameters`."
        }
        Code::SettingUnsound => "Ce réglage ne convient pas : corrigez la feuille `settings`.",
        Code::CombinationRefused => "Ces deux choses ne vont pas ensemble : retirez l’une d’elles.",
        Code::EntityUnsound => {
            "La feuille `entities` ou la colonne `save_to` se contredit : corrigez l’endroit indiqué."
        }
        Code::StoreMissing => {
            "Il n’y a pas de coopérative dans ce dossier : `c3ms init DOSSIER` en crée une."
        }
        Code::StoreExists => "Il y a déjà une coopérative dans ce dossier : choisissez-en un autre.",
        Code::StoreNewer => "La base vient d’une version plus récente : mettez c3ms à jour.",
        Code::StoreUnreadable => {
            "Le fichier n’est pas une base lisible : restaurez une sauvegarde (`c3ms restore`)."
        }
        Code::StoreReadOnly => {
            "On ne peut écrire ici : changez les droits du dossier ou choisissez-en un autre."
        }
        Code::StoreBusy => "Un autre programme écrit dans cette coopérative : attendez qu’il ait fini.",
        Code::StoreFull => "Le disque est plein : faites de la place ; rien n’a été perdu.",
        Code::StoreFailed => "La base a refusé l’opération ; rien n’a été écrit.",
        Code::StoreMoved => "Un autre programme a écrit entre-temps : recommencez.",
        Code::LogBroken => {
            "Le journal a été altéré à cet endroit : restaurez une sauvegarde (`c3ms restore`)."
        }
        Code::BodyBroken => {
            "Un contenu ne correspond plus à son engagement au journal : restaurez une sauvegarde."
        }
        Code::EraseRefused => {
            "D’autres reposent sur ce genre d’inscriptions : seuls des fiches, des réponses et des messages refusés s’effacent."
        }
        Code::ProjectionBroken => {
            "Les tables de lecture ne disent plus ce que dit le journal : `c3ms verify --rebuild` les refait."
        }
        Code::CalendarUnreadable => {
            "Ce fichier n’est pas un agenda iCalendar, ou ses parties ne se ferment pas : exportez-le de nouveau."
        }
        Code::ScaleUnknown => "Seul le calendrier grégorien est compris : exportez l’agenda sans CALSCALE.",
        Code::WindowBackwards => "La période finit avant de commencer : échangez `--from` et `--to`.",
        Code::LineUnreadable => "Cette ligne n’est pas une propriété ; le reste de l’agenda a été lu.",
        Code::OutsideCalendar => "Ce morceau d’agenda n’est dans aucun agenda : il a été lu ainsi.",
        Code::BytesUnreadable => {
            "L’agenda n’est pas en UTF-8 : les titres peuvent être abîmés, les dates ne le sont pas."
        }
        Code::StartMissing => "Un événement sans début n’a pas de date : donnez-lui un DTSTART.",
        Code::TimeUnreadable => "Cette date ou cette durée n’en est pas une : elle est laissée de côté.",
        Code::RuleUnreadable => "La règle ne peut être suivie : il reste le début et les dates ajoutées.",
        Code::CalendarZoneUnknown => {
            "Ce fuseau horaire n’est ni connu ni décrit : ses heures sont lues sans fuseau."
        }
        Code::CalendarZoneUnreadable => "La description de ce fuseau horaire ne peut être suivie.",
        Code::ExceptionRule => "EXRULE n’existe plus dans iCalendar : remplacez-la par des EXDATE.",
        Code::TooManyDates => "La série donne trop de dates : réduisez la période, ou corrigez la règle.",
        Code::HoursUnreadable => {
            "Ces horaires ne peuvent être lus : écrivez-les comme `Mo-Fr 10:00-18:00; Tu off`."
        }
        Code::RuleUnsound => {
            "Cette règle de diffusion ne peut pas être appliquée, ou dirait ce qu’elle cache : corrigez l’endroit indiqué."
        }
        Code::WorkflowUnsound => {
            "Ce circuit de relecture se contredit, ou nomme ce qui n’existe pas : corrigez l’endroit indiqué."
        }
        Code::KeyUnreadable => "Une clé est faite de 64 chiffres hexadécimaux.",
        Code::SignatureWrong => "La signature n’est pas celle de ce membre sur ce contenu.",
        Code::MemberRevoked => "La clé de ce membre était révoquée à cette date.",
        Code::EncodingFailed => "Un enregistrement n’a pu être écrit dans cet encodage.",
        Code::CellTooLong => {
            "Une cellule de classeur ne contient pas de texte aussi long : raccourcissez-le, ou prenez un autre encodage, comme CSV."
        }
        Code::TooManyColumns => {
            "Une feuille de classeur a moins de colonnes que cette table : prenez un autre encodage, comme CSV."
        }
        Code::CursorForeign => {
            "Ce n’est pas là qu’une page de cette requête s’est arrêtée : redemandez la première page."
        }
        Code::ParameterRepeated => "Un paramètre figure deux fois : n’en laissez qu’un.",
        Code::QueryMalformed => {
            "La requête demande d’une façon qui ne peut être lue : corrigez le paramètre nommé."
        }
        Code::TemplateBroken => "Le gabarit de page est abîmé.",
        Code::ZoneUnknown => "Le fuseau horaire n’existe pas.",
        Code::BundleUnreadable => "Le fichier d’agenda ne peut être lu : livrez-le de nouveau.",
        Code::QueryUnreadable => "La question posée à l’agenda ne peut être lue.",
        Code::FileMissing => "Ce chemin n’existe pas : vérifiez-le.",
        Code::FileUnreadable => "Ce fichier ne peut être lu : vérifiez ses droits.",
        Code::FileUnwritable => "On ne peut écrire à cet endroit : vérifiez les droits et la place.",
        Code::EditorMissing => {
            "Aucun éditeur ne s’est ouvert : nommez le vôtre dans VISUAL ou EDITOR, ou donnez les opérations dans un fichier."
        }
    }
}
