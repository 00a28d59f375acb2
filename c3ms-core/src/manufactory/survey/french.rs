//! What refusals say in French.

use super::{SurveyError, error::line};
use crate::manufactory::forms::{Dialect, expression::Expression};

/// What happened, in French.
pub(super) fn message(error: &SurveyError) -> String {
    match error {
        SurveyError::LengthsDiffer { one, ones, other, others } => {
            let (one, other) = (said(one), said(other));
            format!("longueurs différentes : {one}, {ones} valeurs ; {other}, {others} valeurs")
        }
        SurveyError::NumberUnfit { what, value, at, expected } => {
            let (what, expected) = (said(what), said(expected));
            format!("{what} : {value}, à la ligne {} ; attendu : {expected}", line(*at))
        }
        SurveyError::SettingUnfit { what, value, expected } => {
            format!("{} : {value} ; attendu : {}", said(what), said(expected))
        }
        SurveyError::TableUnreadable { line, reason } => format!("ligne {line} : {}", said(reason)),
        SurveyError::VariableUnknown { name, known } => {
            format!("il n’y a pas de variable « {name} » ; il y a : {known}")
        }
        SurveyError::NotNumeric { name, row, value } => {
            format!("{name} : « {value} », à la ligne {}, n’est pas un nombre", line(*row))
        }
        SurveyError::MissingInDesign { name, row } => {
            format!("{name} manque à la ligne {} : un plan dit de chacun comment il a été tiré", line(*row))
        }
        SurveyError::UnitsCrossStrata { name, example } => format!(
            "{name} : le même identifiant figure dans deux strates, ainsi « {example} » ; s’il s’agit de deux unités, dites nest"
        ),
        SurveyError::PopulationUnfit { name, row, value, reason } => {
            format!("{name} : {value}, à la ligne {} : {}", line(*row), said(reason))
        }
        SurveyError::SinglePsu { stage, stratum } => format!(
            "la strate « {} » du degré {stage} n’a qu’une unité : rien ne dit combien ses unités diffèrent",
            stratum.replacen("second phase, ", "seconde phase, ", 1)
        ),
        SurveyError::FileUnknown { name } => {
            format!("le fichier « {name} » est nommé, et n’est pas donné")
        }
        SurveyError::SpecUnreadable { reason } => format!("ce document ne se lit pas : {}", said(reason)),
        SurveyError::ExpressionUnreadable { expression, reason } => {
            let problem = Expression::parse(expression, Dialect::Own).err();
            let reason = problem.map_or_else(|| reason.clone(), |problem| problem.message("fr"));
            format!("« {expression} » : {reason}")
        }
        SurveyError::ReplicatesUnfit { reason } => {
            format!("ces répliques ne peuvent être faites : {}", said(reason))
        }
        SurveyError::FigureUnfit { figure, reason } => {
            format!("l’estimation « {figure} » : {}", said(reason))
        }
        SurveyError::Stopped => "arrêté avant la fin".to_owned(),
        SurveyError::ModelUnfit { model, reason } => {
            format!("le modèle « {model} » ne s’ajuste pas : {}", said(reason))
        }
        SurveyError::GeometryUnfit { analysis, reason } => {
            format!("l’analyse « {analysis} » ne peut être faite : {}", said(reason))
        }
        SurveyError::LevelUnknown { variable, level, known } => {
            format!("{variable} n’a pas de modalité « {level} » ; elle a : {known}")
        }
        SurveyError::PointsTooMany { points, most } => format!(
            "un arbre de {points} points : {most} au plus ; dites de combien de groupes il doit être fait"
        ),
        SurveyError::ImputationUnfit { imputation, reason } => {
            format!("l’imputation « {imputation} » ne peut être faite : {}", said(reason))
        }
        SurveyError::DonorMissing { variable, row, class, reason } => format!(
            "{variable} : la ligne {} de la classe {} n’a pas de donneur : {}",
            line(*row),
            named(class).replace("(missing)", "(manque)"),
            said(reason)
        ),
        SurveyError::DomainEmpty { domain } => format!("personne n’est dans le domaine {}", said(domain)),
        SurveyError::WeightNotPositive { at, value } => {
            format!("le poids à la ligne {} est {value}, il doit être supérieur à 0", line(*at))
        }
        SurveyError::MarginUnmet { margin, category, reason } => {
            format!("{}, catégorie {category} : {}", said(margin), said(reason))
        }
        SurveyError::MarginsDisagree { one, one_sum, other, other_sum } => {
            format!("la somme de {one} est {one_sum}, celle de {other} {other_sum}")
        }
        SurveyError::NoConvergence { what, place, deviation, iterations } => format!(
            "{} : après {iterations} tours, {} s’écarte encore de {deviation} de ce qui est voulu",
            named(what),
            said(place)
        ),
        SurveyError::ReplicateUnfit { replicate, reason } => {
            format!("réplique {replicate} : {}", message(reason))
        }
        SurveyError::SampleTooLarge { wanted, units } => {
            format!("{wanted} unités sont demandées, {units} peuvent être tirées")
        }
        SurveyError::DesignUnfit { design, reason } => format!("{} : {}", named(design), said(reason)),
        SurveyError::DisclosureUnfit { reason } => {
            format!("ces tableaux ne peuvent être protégés : {}", said(reason))
        }
        SurveyError::DimensionUnknown { name, known } => {
            format!("il n’y a pas de dimension « {name} » ; le tableau a : {known}")
        }
        SurveyError::CellUnfit { cell, reason } => format!("la case {} : {}", in_french(cell), said(reason)),
        SurveyError::TableTooLarge { cells, most } => {
            format!("{cells} cases avec leurs totaux : {most} au plus")
        }
        SurveyError::LedgerContradicted { cell, earlier, now } => {
            format!("la case {} vaut {now}, et valait {earlier} quand elle a été publiée", in_french(cell))
        }
        SurveyError::CellExposed { cell, reason } => format!(
            "la case {} est sensible, et rien de ce qui est masqué à présent ne peut la protéger : {}",
            in_french(cell),
            said(reason)
        ),
    }
}

/// A reason in French; as it is where it is none of those below, as the name of a variable.
fn said(text: &str) -> String {
    let exact = TEXTS.iter().find(|(english, _)| *english == text).map(|(_, french)| (Vec::new(), *french));
    let holding = || TEXTS.iter().find_map(|(english, french)| Some((held(english, text)?, *french)));
    let Some((held, french)) = exact.or_else(holding) else { return text.to_owned() };
    held.into_iter().fold(french.to_owned(), |said, part| said.replacen("{}", part, 1))
}

/// A cell of which the measure is told in French.
fn in_french(cell: &str) -> String {
    cell.strip_prefix("people").map_or_else(|| cell.to_owned(), |rest| format!("personnes{rest}"))
}

/// A design, a step, a class in French.
fn named(name: &str) -> &str {
    NAMES.iter().find(|(english, _)| *english == name).map_or(name, |(_, french)| french)
}

/// What stands in a text in the places `{}` of another, where it is that one.
fn held<'a>(pattern: &str, text: &'a str) -> Option<Vec<&'a str>> {
    let mut parts = pattern.split("{}");
    let mut rest = text.strip_prefix(parts.next()?)?;
    let mut held = Vec::new();
    for part in parts {
        let at = if part.is_empty() { rest.len() } else { rest.find(part)? };
        held.push(rest.get(..at)?);
        rest = rest.get(at + part.len()..)?;
    }
    rest.is_empty().then_some(held)
}

/// Reasons and kinds of numbers; not words that could name a variable.
const TEXTS: &[(&str, &str)] = &[
    // What is expected of a number.
    ("a code below the number of categories", "un code inférieur au nombre de catégories"),
    ("a finite number", "un nombre fini"),
    ("a number", "un nombre"),
    ("a number above 0", "un nombre supérieur à 0"),
    ("a number from 0 on", "un nombre à partir de 0"),
    ("a number in each row", "un nombre à chaque ligne"),
    ("a place in the frame", "une place dans la base de sondage"),
    ("a probability above 0 and at most 1", "une probabilité supérieure à 0, d’au plus 1"),
    ("a sum above 0", "une somme supérieure à 0"),
    ("a total of 0 or more", "un total de 0 ou plus"),
    ("a weight above 0", "un poids supérieur à 0"),
    ("a whole number of units, 1 or more", "un nombre entier d’unités, 1 ou plus"),
    ("above 0", "plus de 0"),
    ("above 0 and at most 1", "plus de 0, au plus 1"),
    (
        "above 0 and at most the unit's own probability",
        "plus de 0, au plus la probabilité de l’unité elle-même",
    ),
    ("above 1", "plus de 1"),
    ("as many as lead to it from drawn units, or more", "autant qu’il en vient d’unités tirées, ou plus"),
    ("at least the mean weight", "au moins le poids moyen"),
    ("at most the mean weight", "au plus le poids moyen"),
    ("below 1", "moins de 1"),
    ("between a unit and a cluster that are given", "entre une unité et une grappe données"),
    ("finite", "un nombre fini"),
    ("from 0 to 1", "de 0 à 1"),
    ("from 0 to below 1", "de 0 à moins de 1"),
    ("from 1 to 100,000", "de 1 à 100 000"),
    ("0 or more", "0 ou plus"),
    ("1 or 0", "1 ou 0"),
    ("1 or more", "1 ou plus"),
    ("the same for all of a unit", "le même pour toute l’unité"),
    ("the unit's own probability, on the diagonal", "la probabilité de l’unité elle-même, sur la diagonale"),
    // What a number is.
    ("allowed variance of a total", "variance permise d’un total"),
    ("calibrated weight", "poids calé"),
    ("cost ({})", "coût ({})"),
    ("deviation ({})", "écart type ({})"),
    ("links of a cluster", "liens d’une grappe"),
    ("lower bound", "borne inférieure"),
    ("number of classes", "nombre de classes"),
    ("number of people", "nombre de personnes"),
    ("number of visits", "nombre de visites"),
    ("permanent random number", "numéro aléatoire permanent"),
    ("replicate weight", "poids d’une réplique"),
    ("strength of a link", "force d’un lien"),
    ("total of {}", "total de {}"),
    ("upper bound", "borne supérieure"),
    // Tables and documents.
    ("{} cells, and {} in the first line", "{} cellules, et {} à la première ligne"),
    ("{} stands twice at line {} column {}", "{} figure deux fois (ligne {}, colonne {})"),
    (
        "unknown field {}, expected one of {} at line {} column {}",
        "champ inconnu {} ; attendu, l’un de : {} (ligne {}, colonne {})",
    ),
    (
        "unknown variant {}, expected one of {} at line {} column {}",
        "valeur inconnue {} ; attendu, l’une de : {} (ligne {}, colonne {})",
    ),
    (
        "unknown field {}, expected {} at line {} column {}",
        "champ inconnu {} ; attendu : {} (ligne {}, colonne {})",
    ),
    (
        "unknown variant {}, expected {} at line {} column {}",
        "valeur inconnue {} ; attendu : {} (ligne {}, colonne {})",
    ),
    ("missing field {} at line {} column {}", "le champ {} manque (ligne {}, colonne {})"),
    (
        "invalid type: {}, expected {} at line {} column {}",
        "nature inattendue : {} ; attendu : {} (ligne {}, colonne {})",
    ),
    ("trailing comma at line {} column {}", "virgule de trop (ligne {}, colonne {})"),
    ("a replicate", "une réplique"),
    ("the answers", "les réponses"),
    ("the joint probabilities", "les probabilités jointes"),
    ("the units drawn", "les unités tirées"),
    ("{} stands twice", "{} figure deux fois"),
    ("nothing is called {}", "rien ne s’appelle {}"),
    // Designs.
    ("it is missing or not above 0", "l’effectif manque, ou n’est pas supérieur à 0"),
    ("it is smaller than the sample", "l’effectif est inférieur à l’échantillon"),
    ("it is not the same in the whole stratum", "l’effectif n’est pas le même dans toute la strate"),
    (
        "it is of one stage, and knows how many units there are by their probabilities: no fpc",
        "il est à un degré, et connaît le nombre d’unités par leurs probabilités : pas de fpc",
    ),
    (
        "joint probabilities are given, and it uses none",
        "des probabilités jointes sont données, et il n’en emploie pas",
    ),
    (
        "it needs the joint probabilities: name their file (joint)",
        "il lui faut les probabilités jointes : nommez leur fichier (joint)",
    ),
    (
        "psum is of Hartley and Rao's, differences of theirs and Overton's",
        "psum est de Hartley et Rao, differences d’eux et d’Overton",
    ),
    ("second phase ({})", "de la seconde phase ({})"),
    (
        "second phase, {} {}: join it to another stratum",
        "de la seconde phase, {} {} : joignez-la à une autre strate",
    ),
    (
        "it is of one stage: ids, strata and fpc name one variable at most",
        "elle est à un degré : ids, strata et fpc nomment une variable au plus",
    ),
    (
        "it is of one phase: leave pps or second_phase out",
        "il est en une phase : retirez pps ou second_phase",
    ),
    // Draws and allocations.
    (
        "a quota is no second phase: leave weights out",
        "un quota n’est pas une seconde phase : retirez weights",
    ),
    ("there is no group", "il n’y a pas de groupe"),
    ("the probabilities differ", "les probabilités diffèrent"),
    ("no places are given", "aucun lieu n’est donné"),
    (
        "people are taken as they come, not drawn by chance",
        "les gens sont pris comme ils viennent, non tirés au hasard",
    ),
    (
        "the probabilities are too extreme: no odds are found for them",
        "les probabilités sont trop extrêmes : aucune cote ne leur correspond",
    ),
    ("no draw of this size was met by chance", "le hasard n’a donné aucun tirage de cette taille"),
    (
        "the sum of the probabilities is not a whole number",
        "la somme des probabilités n’est pas un nombre entier",
    ),
    (
        "a slot is in a stratum that has no count",
        "un créneau est dans une strate dont le nombre n’est pas dit",
    ),
    ("no interview is aimed at", "aucun entretien n’est visé"),
    (
        "in stages a unit's probability is told when it is drawn: ask for the sample",
        "à plusieurs degrés, la probabilité d’une unité est dite quand elle est tirée : demandez l’échantillon",
    ),
    (
        "the pairs of this selection have no exact probability: say joint",
        "les paires de ce tirage n’ont pas de probabilité exacte : dites joint",
    ),
    ("no unit is in the frame", "aucune unité n’est dans la base de sondage"),
    (
        "sizes are of strata: name their variable (strata)",
        "sizes concerne des strates : nommez leur variable (strata)",
    ),
    ("say how many are drawn (size)", "dites combien sont tirées (size)"),
    (
        "probabilities are given: they say how many, no size besides",
        "les probabilités sont données : elles disent combien, pas de taille en plus",
    ),
    (
        "permanent numbers serve simple random, Poisson, Pareto and sequential Poisson draws",
        "les numéros permanents servent aux tirages aléatoire simple, de Poisson, de Pareto et de Poisson séquentiel",
    ),
    (
        "each stage says how many it draws: no size besides",
        "chaque degré dit combien il tire : pas de taille en plus",
    ),
    ("a quota is of kinds: name their variable", "un quota est de sortes : nommez leur variable (kinds)"),
    ("the precise allocation finds the size itself", "la répartition precise trouve la taille elle-même"),
    (
        "say how precise the totals should be (precision)",
        "dites avec quelle précision les totaux sont voulus (precision)",
    ),
    ("say how many units in all (size)", "dites combien d’unités en tout (size)"),
    ("say which variable is studied (variable)", "dites quelle variable est étudiée (variable)"),
    ("the precise allocation has no shares", "la répartition precise n’a pas de parts"),
    (
        "where columns tell of the strata, each row is another stratum",
        "où des colonnes décrivent les strates, chaque ligne est une autre strate",
    ),
    (
        "the columns do not tell what the rule needs of this variable",
        "les colonnes ne disent pas de cette variable ce qu’il faut à la règle",
    ),
    (
        "the least sizes of the strata exceed the sample",
        "les tailles minimales des strates dépassent l’échantillon",
    ),
    (
        "only strata without a share could take what is left",
        "seules des strates sans part pourraient prendre ce qui reste",
    ),
    // Weights.
    ("response class", "classe de réponse"),
    ("who answers", "qui répond"),
    ("it has rows and no total", "elle a des lignes et pas de total"),
    ("it has rows and a total of 0", "elle a des lignes et un total de 0"),
    ("it has a total and nobody in the sample", "elle a un total et personne dans l’échantillon"),
    ("it has a total and no rows", "elle a un total et pas de ligne"),
    ("it has a size and no units", "elle a une taille et pas d’unité"),
    ("it has units and no size", "elle a des unités et pas de taille"),
    ("it has a cost and no units", "elle a un coût et pas d’unité"),
    ("it has units and no cost", "elle a des unités et pas de coût"),
    (
        "it has rows, and no share in the standard population",
        "elle a des lignes, et pas de part dans la population type",
    ),
    (
        "it does not name the same variables as the first cell",
        "elle ne nomme pas les mêmes variables que la première case",
    ),
    ("it stands twice", "elle figure deux fois"),
    ("nobody in it answered", "personne n’y a répondu"),
    ("its code is far beyond the number of rows", "son code dépasse de loin le nombre de lignes"),
    ("bounds are of the distances logit and truncated", "les bornes sont des distances logit et truncated"),
    (
        "say to whom links lead (clusters), or how many visits each made (visits)",
        "dites vers qui mènent les liens (clusters), ou combien de visites chacun a faites (visits)",
    ),
    (
        "selected and strength are of links, not of visits",
        "selected et strength concernent des liens, non des visites",
    ),
    // Imputation.
    ("no variable is named", "aucune variable n’est nommée"),
    ("nobody may give", "personne ne peut donner"),
    ("no variable is compared", "aucune variable n’est comparée"),
    (
        "each who answered has given as often as is allowed",
        "chacun de ceux qui ont répondu a donné autant qu’il est permis",
    ),
    ("nothing that is compared is known of both", "rien de ce qui est comparé n’est connu des deux"),
    // Figures, models, tests.
    ("of everybody", "de tous"),
    ("it names no variable", "elle ne nomme aucune variable"),
    // Observatories.
    ("an indicator is of one variable", "un indicateur porte sur une variable"),
    ("an observatory has waves and indicators", "un observatoire a des vagues et des indicateurs"),
    (
        "an observatory tells totals, means, proportions, ratios and quantiles",
        "un observatoire donne des totaux, moyennes, proportions, rapports et quantiles",
    ),
    ("a map has two axes, and the answers have one", "une carte a deux axes, et les réponses n’en ont qu’un"),
    ("no wave is called {}", "aucune vague ne s’appelle {}"),
    (
        "a ratio is of two variables: what is above, what is below",
        "un ratio est de deux variables : ce qui est au numérateur, ce qui est au dénominateur",
    ),
    ("a correlation is of two variables or more", "une corrélation est de deux variables ou plus"),
    (
        "contrasts are of totals, means, proportions and ratios",
        "les contrastes sont de totaux, moyennes, proportions et ratios",
    ),
    ("the shares of a quantile are from 0 to 1", "les parts d’un quantile vont de 0 à 1"),
    (
        "{} is no condition: its values are not 0 or 1",
        "{} n’est pas une condition : ses valeurs ne sont pas 0 ou 1",
    ),
    ("a contrast is of figures: name them (terms)", "un contraste est d’estimations : nommez-les (terms)"),
    (
        "no one domain of the contrast is {}: name each category of it",
        "aucun domaine, ou plus d’un, n’est {} dans le contraste : nommez-en chaque catégorie",
    ),
    (
        "no one figure of the contrast is {}: name its variable, and its level where it has any",
        "aucune estimation, ou plus d’une, n’est {} dans le contraste : nommez sa variable, et sa modalité si elle en a",
    ),
    (
        "the response is outside of what its family allows: 0 to 1, or not negative",
        "la réponse sort de ce que permet sa famille : de 0 à 1, ou pas de nombre négatif",
    ),
    (
        "its terms cannot be told apart: one of them is the sum of others",
        "ses termes ne peuvent être distingués : l’un est la somme d’autres",
    ),
    (
        "the rounds come to no end: a term may tell the response for sure",
        "les tours n’aboutissent pas : un terme annonce peut-être la réponse à coup sûr",
    ),
    ("{} is of another test", "{} est d’un autre test"),
    ("it needs {}", "il lui faut {}"),
    ("nobody answered", "personne n’a répondu"),
    ("there are not two groups", "il n’y a pas deux groupes"),
    (
        "each of the two variables has two categories at least",
        "chacune des deux variables a au moins deux catégories",
    ),
    ("a cell of the table is empty", "une case du tableau est vide"),
    ("a row or column of the table is empty", "une ligne ou une colonne du tableau est vide"),
    // Replicates.
    ("the design has no units", "le plan n’a pas d’unité"),
    (
        "no replicates are known of units drawn with unequal probabilities (pps)",
        "on ne connaît pas de répliques d’unités tirées à probabilités inégales (pps)",
    ),
    (
        "none are known of two phases: leave replicates out, or second_phase where those given are of both",
        "on n’en connaît pas de deux phases : retirez replicates, ou second_phase si celles qui sont données portent sur les deux",
    ),
    ("JK1 is for designs without strata: JKn", "JK1 est pour les plans sans strate : jkn"),
    ("Fay's share is from 0 to below 1", "la part de Fay va de 0 à moins de 1"),
    ("they are read from what is given", "elles se lisent dans ce qui est donné"),
    (
        "say with what the sum of squares is multiplied (scale), above 0",
        "dites par quoi la somme des carrés est multipliée (scale), plus de 0",
    ),
    ("they stand in columns or in a file", "elles sont dans des colonnes ou dans un fichier"),
    ("at least two replicates", "au moins deux répliques"),
    ("{} scales for {} replicates", "{} échelles pour {} répliques"),
    ("a stratum of one unit cannot leave it out", "une strate d’une unité ne peut la retirer"),
    (
        "balanced half samples are of strata of two units each",
        "les demi-échantillons équilibrés sont de strates de deux unités chacune",
    ),
    ("from 2 to {} replicates", "de 2 à {} répliques"),
    (
        "a stratum of one unit cannot be drawn from anew",
        "on ne peut tirer à nouveau dans une strate d’une unité",
    ),
    // Axes and classes.
    ("no group is asked for", "aucun groupe n’est demandé"),
    (
        "from {} to {} classes cannot be made of {} distinct points",
        "de {} à {} classes ne peuvent être faites de {} points distincts",
    ),
    (
        "{} classes cannot be made of {} distinct points",
        "{} classes ne peuvent être faites de {} points distincts",
    ),
    ("there are not two active variables", "il n’y a pas deux variables actives"),
    ("the variable {} is active twice", "la variable {} est active deux fois"),
    ("no category of {} is active", "aucune catégorie de {} n’est active"),
    ("no axis is asked for", "aucun axe n’est demandé"),
    ("nobody is studied", "personne n’est étudié"),
    ("everybody answers alike: there is no axis", "tous répondent de même : il n’y a pas d’axe"),
    // What tables cannot be protected for.
    ("no table is asked for", "aucun tableau n’est demandé"),
    ("a table has one to five dimensions, each once", "un tableau a une à cinq dimensions, chacune une fois"),
    ("a table has neither answers (data) nor cells", "un tableau n’a ni réponses (data) ni cases (cells)"),
    (
        "say who was asked (population): a ledger tells publications apart by it",
        "dites qui a été interrogé (population) : un registre distingue ainsi les publications",
    ),
    (
        "rounded numbers cannot be held against a ledger",
        "des nombres arrondis ne peuvent être confrontés à un registre",
    ),
    ("no variable identifies anybody (identifiers)", "aucune variable n’identifie personne (identifiers)"),
    ("its numbers must be 0 or more", "ses nombres doivent être de 0 ou plus"),
    (
        "say how many respondents it has (respondents)",
        "dites combien de personnes y ont répondu (respondents)",
    ),
    ("a number without respondents must be 0", "un nombre sans réponse doit être 0"),
    ("its sum is too large: take another unit", "sa somme est trop grande : prenez une autre unité"),
    ("it stands there twice", "elle y figure deux fois"),
    ("its cells add up to {}, not to {}", "la somme de ses cases est {}, et non {}"),
    ("it is {} in one table and {} in another", "elle vaut {} dans un tableau et {} dans un autre"),
    ("say its {} largest contributions (largest)", "dites ses {} plus grandes contributions (largest)"),
    (
        "the ledger does not hold it as it was written",
        "le registre ne la contient pas telle qu’elle a été écrite",
    ),
    ("it was published before", "elle a déjà été publiée"),
    (
        "somebody who is alone in another cell can work it out",
        "une personne seule dans une autre case peut la déduire",
    ),
    ("what was published before tells it too nearly", "ce qui a été publié auparavant la dit de trop près"),
    ("a share above 0 and at most 100 %", "une part supérieure à 0, d’au plus 100 %"),
    ("a number from 1 to 10", "un nombre de 1 à 10"),
    ("a share below that of q", "une part inférieure à celle de q"),
];

/// Designs, steps, and who is meant.
const NAMES: &[(&str, &str)] = &[
    ("draw", "tirage"),
    ("allocation", "répartition"),
    ("rotation", "rotation"),
    ("quota", "quota"),
    ("local", "tirage local"),
    ("second phase", "seconde phase"),
    ("fixed size", "taille fixe"),
    ("maximum entropy", "entropie maximale"),
    ("simple random", "aléatoire simple"),
    ("simple random with replacement", "aléatoire simple avec remise"),
    ("time-location", "lieux et moments"),
    ("raking", "ajustement aux marges"),
    ("disclosure control", "protection du secret"),
    ("calibration", "calage"),
    ("response propensity", "propension à répondre"),
    ("weight share", "partage des poids"),
    ("all", "de tous"),
    ("pps", "tirage à probabilités inégales (pps)"),
];
