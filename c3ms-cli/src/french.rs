//! The help in French, for those whose system speaks it.

mod survey;

use crate::arguments;

/// The command line, its help in the language.
pub(crate) fn command(language: &str) -> clap::Command {
    let command = arguments::command();
    if language != "fr" {
        return command;
    }
    translated(command, "")
}

/// A command and those below it; `name` is the way to it, `format diff`.
fn translated(mut command: clap::Command, name: &str) -> clap::Command {
    if let Some(about) = text(name, "") {
        command = command.about(about).long_about(about);
    }
    let arguments: Vec<String> =
        command.get_arguments().map(|argument| argument.get_id().to_string()).collect();
    for argument in arguments {
        if let Some(help) = text(name, &argument) {
            command = command.mut_arg(argument, |argument| argument.help(help));
        }
    }
    let inner: Vec<String> = command.get_subcommands().map(|inner| inner.get_name().to_owned()).collect();
    for inner in inner {
        let way = below(name, &inner);
        command = command.mut_subcommand(inner, |inner| translated(inner, &way));
    }
    command
}

fn below(name: &str, inner: &str) -> String {
    if name.is_empty() { inner.to_owned() } else { format!("{name} {inner}") }
}

/// The French text of a command (no argument) or of one of its arguments.
fn text(command: &str, argument: &str) -> Option<&'static str> {
    let mut texts = TEXTS.iter().chain(survey::TEXTS);
    texts.find(|(one, other, _)| *one == command && *other == argument).map(|(.., text)| *text)
}

const TEXTS: &[(&str, &str, &str)] = &[
    ("", "", "Une coopérative de données culturelles dans un dossier : décrire, importer, vérifier, livrer."),
    ("", "dir", "Le dossier de la coopérative."),
    ("", "json", "Répondre en JSON, un document par ligne."),
    ("", "member", "Agir comme ce membre, par nom ou identifiant ; sans lui, qui a créé la coopérative."),
    ("", "key", "Le fichier de la clé du membre : ce qui est écrit est signé avec elle."),
    (
        "edit",
        "seen",
        "La position du journal jusqu’à laquelle vous avez vu la fiche : ce que d’autres ont changé depuis n’est pas écrasé.",
    ),
    ("new", "", "Créer une fiche à la main ; dit à quelles autres elle ressemble."),
    ("new", "cube", "Le cube."),
    ("new", "set", "Un champ et sa valeur ; peut être répété."),
    ("new", "file", "Ce qu’elle dit, en document JSON."),
    ("new", "hand_in", "La remettre aussitôt à la relecture ; sinon, c’est un brouillon."),
    ("state", "", "Montrer où en est une fiche et ce que vous pouvez en faire, ou l’amener à un autre état."),
    ("state", "entry", "L’identifiant de la fiche."),
    (
        "state",
        "to",
        "L’état : draft (brouillon), submitted (à relire), published (publiée), rejected (renvoyée), withdrawn (retirée).",
    ),
    ("state", "reason", "Pourquoi, pour qui tient la fiche."),
    (
        "queue",
        "",
        "Montrer ce qui attend une rédactrice ou un rédacteur : fiches remises, modifications et fiches demandées, doublons.",
    ),
    ("queue", "cube", "Seulement de ce cube."),
    ("queue", "duplicates", "Les doublons aussi."),
    ("accept", "", "Faire ce qu’une demande veut."),
    ("accept", "request", "L’identifiant de la demande, d’après `c3ms queue`."),
    ("refuse", "", "Ne pas faire ce qu’une demande veut."),
    ("refuse", "request", "L’identifiant de la demande, d’après `c3ms queue`."),
    ("refuse", "reason", "Pourquoi."),
    ("claim", "", "Demander à tenir une fiche."),
    ("claim", "entry", "L’identifiant de la fiche."),
    ("claim", "reason", "Pourquoi."),
    ("transfer", "", "Donner une fiche à un autre membre, ou à la rédaction."),
    ("transfer", "entry", "L’identifiant de la fiche."),
    ("transfer", "to", "Le membre, par nom ou identifiant ; la rédaction si personne n’est nommé."),
    ("invite", "", "Faire un lien par lequel quelqu’un sans compte saisit quelque chose, une fois."),
    ("invite", "cube", "Le cube d’une nouvelle fiche."),
    ("invite", "entry", "Ou bien des modifications de cette fiche."),
    ("invite", "set", "Ce que le formulaire dit déjà ; peut être répété."),
    ("invite", "until", "Le dernier jour où le lien vaut ; deux semaines si aucun n’est nommé."),
    ("answer", "", "Saisir quelque chose par un lien ; sans champ, montrer ce que le lien ouvre."),
    ("answer", "link", "Le lien."),
    ("answer", "set", "Un champ et sa valeur ; peut être répété."),
    (
        "sync",
        "",
        "Reprendre ce qui a été saisi sans connexion ; ce que deux personnes ont changé à la fois attend quelqu’un.",
    ),
    ("sync", "file", "La file d’un appareil : un document JSON par ligne."),
    (
        "distinct",
        "",
        "Distinguer deux fiches qui se ressemblent : elles ne sont plus proposées comme doublons.",
    ),
    ("distinct", "a", "L’une."),
    ("distinct", "b", "L’autre."),
    ("distinct", "reason", "Pourquoi."),
    ("distinct", "undo", "Revenir là-dessus."),
    ("member", "", "Énumérer les membres, en accueillir, changer un rôle, révoquer."),
    ("member list", "", "Énumérer les membres et leurs rôles."),
    ("member add", "", "Accueillir un membre."),
    ("member add", "name", "Le nom."),
    (
        "member add",
        "role",
        "Ce que le membre peut faire : reader (lecture), contributor (saisie), editor (rédaction), coordinator (coordination).",
    ),
    (
        "member add",
        "key_out",
        "Tirer une clé pour le membre et en écrire la moitié secrète dans ce fichier ; ce que fait le membre est alors signé.",
    ),
    ("member role", "", "Donner un autre rôle à un membre."),
    ("member role", "name", "Le membre, par nom ou identifiant."),
    ("member role", "role", "Le rôle : reader, contributor, editor, coordinator."),
    ("member revoke", "", "Désormais le membre ne peut plus rien faire."),
    ("member revoke", "name", "Le membre, par nom ou identifiant."),
    (
        "rules",
        "",
        "Montrer les règles de diffusion, ou les écrire : à qui va quoi, à partir de quand, avec quelle précision.",
    ),
    ("rules", "set", "Les règles, telles que cette commande les montre."),
    ("reuser", "", "Lister qui reprend des données sous un nom, en accueillir un, mettre fin à une clé."),
    ("reuser list", "", "Les lister, avec leurs finalités."),
    ("reuser add", "", "En accueillir un, ou dire à nouveau ce qu’il est."),
    ("reuser add", "name", "Le nom dans les règles : minuscules, chiffres et traits d’union."),
    ("reuser add", "label", "Qui c’est, pour les personnes."),
    ("reuser add", "purposes", "À quoi servent les données ; répétable."),
    ("reuser add", "until", "Le dernier jour où la clé ouvre quelque chose."),
    (
        "reuser add",
        "key_out",
        "Tirer une clé et l’écrire dans ce nouveau fichier ; seule son empreinte est gardée.",
    ),
    ("reuser end", "", "Dès aujourd’hui la clé n’ouvre plus rien."),
    ("reuser end", "name", "Le nom."),
    ("query", "", "Chercher dans ce qu’un destinataire peut voir : mots, filtres, facettes, pages."),
    (
        "query",
        "query",
        "Ce qui est demandé, comme les paramètres d’une adresse : q, cube, from, to, near, box, polygon, in, order, after, limit, CHAMP=CODE.",
    ),
    ("query", "to", "Qui demande : public, members, ou le nom d’un réutilisateur."),
    (
        "changes",
        "",
        "Donner ce qui a changé pour un destinataire, une ligne par fiche, et un jeton pour continuer.",
    ),
    ("changes", "since", "Le jeton venu avec les changements déjà connus ; tout, s’il n’y en a pas."),
    ("changes", "to", "Qui le reçoit : public, members, ou le nom d’un réutilisateur."),
    ("deliver", "to", "Qui le reçoit : public, members, ou le nom d’un réutilisateur."),
    ("workflow", "", "Montrer comment les fiches d’un cube vont d’un état à l’autre, ou l’écrire."),
    ("workflow", "cube", "Le cube."),
    ("workflow", "set", "Un circuit de relecture, tel que cette commande le montre."),
    (
        "communes",
        "",
        "Garder un registre de communes : ce qui est importé reçoit le code de sa commune, sans aucune connexion.",
    ),
    ("communes", "file", "Un tableau de communes : un code, un nom, des codes postaux."),
    ("communes", "territories", "Un tableau des territoires que forment les communes : un code, un nom."),
    ("communes", "members", "Un tableau de quelle commune appartient à quel territoire."),
    (
        "places",
        "",
        "Montrer dans quelle commune et quel territoire se trouve chaque fiche ; ce qui convient à plusieurs n’est pas deviné.",
    ),
    ("places", "territory", "Seulement dans ce territoire, par son code."),
    (
        "places",
        "write",
        "Écrire le code de sa commune dans chaque fiche qui n’en dit pas, là où il n’y a pas de doute.",
    ),
    ("init", "", "Créer une coopérative dans un dossier."),
    ("init", "folder", "Le dossier ; créé s’il n’existe pas."),
    ("init", "profile", "Les formats de départ : live-performance, ou le dossier d’un profil."),
    ("init", "name", "Son nom."),
    ("init", "zone", "Le fuseau horaire de son territoire."),
    ("init", "language", "La langue dans laquelle ses membres écrivent quand ils n’en disent rien."),
    ("init", "license", "La licence de ses données ouvertes."),
    ("init", "address", "L’adresse qu’aura son site."),
    ("format", "", "Énumérer les formats, ou en montrer un ; comparer, modifier."),
    ("format", "cube", "Le cube ; tous si aucun n’est nommé."),
    ("format", "schema", "En JSON Schema 2020-12."),
    (
        "format diff",
        "",
        "Trouver les opérations entre deux formats, ou deux schémas JSON, et ce qu’elles font aux fiches.",
    ),
    ("format diff", "old", "L’ancien : un fichier, un cube de la coopérative, ou CUBE@VERSION."),
    ("format diff", "new", "Le nouveau."),
    (
        "format compat",
        "",
        "Dire si les fiches d’un format valent sous un autre ; comme `diff`, le verdict d’abord.",
    ),
    ("format compat", "old", "L’ancien : un fichier, un cube de la coopérative, ou CUBE@VERSION."),
    ("format compat", "new", "Le nouveau."),
    ("format explain", "", "Dire un format en mots simples."),
    (
        "format explain",
        "format",
        "Le format : un fichier (JSON ou YAML), un cube de la coopérative, ou CUBE@VERSION.",
    ),
    (
        "format lint",
        "",
        "Avertir de ce qui nuira plus tard : libellé absent dans une langue, texte libre où une liste existe, clés instables.",
    ),
    (
        "format lint",
        "format",
        "Le format : un fichier (JSON ou YAML), un cube de la coopérative, ou CUBE@VERSION.",
    ),
    ("format new", "", "Écrire une première version d’un format, à retoucher."),
    ("format new", "cube", "Le cube : petites lettres, chiffres, traits d’union."),
    ("format new", "label", "Son nom pour les gens ; celui du cube par défaut."),
    (
        "format new",
        "fields",
        "Un champ : LIBELLÉ, `!` s’il est obligatoire, `+` pour une liste, puis `:NATURE` ; répétable.",
    ),
    ("format new", "as_json", "En JSON plutôt qu’en YAML annoté."),
    ("format new", "out", "Le fichier à écrire ; affiché si aucun n’est nommé."),
    (
        "format edit",
        "",
        "Changer un format dans votre éditeur, ou par des opérations données dans un fichier ; dit ce qui change, et ce que cela fait aux fiches.",
    ),
    (
        "format edit",
        "format",
        "Le format : un fichier (JSON ou YAML), un cube de la coopérative, ou CUBE@VERSION.",
    ),
    (
        "format edit",
        "operations",
        "Une liste d’opérations en JSON. Sans elle s’ouvre l’éditeur que nomme VISUAL ou EDITOR.",
    ),
    (
        "format edit",
        "out",
        "Le fichier à écrire, en YAML s’il en porte le nom ; affiché si aucun n’est nommé.",
    ),
    ("format versions", "", "Énumérer les versions d’un format, de la plus ancienne à la plus récente."),
    ("format versions", "cube", "Le cube."),
    (
        "format export",
        "",
        "Écrire un format pour d’autres outils ; ce qu’ils ne savent pas dire est signalé quand il va dans un fichier.",
    ),
    ("format export", "format", "Le format : un fichier, un cube de la coopérative, ou CUBE@VERSION."),
    ("format export", "target", "Sous quelle forme."),
    ("format export", "out", "Le fichier à écrire ; à l’écran si aucun n’est nommé."),
    (
        "format import",
        "",
        "Lire un JSON Schema ou un Table Schema comme un format, et dire ce que devient chaque mot.",
    ),
    (
        "format import",
        "schema",
        "Le fichier : JSON Schema (2020-12, draft 7) ou Table Schema de Frictionless.",
    ),
    ("format import", "cube", "Le cube, si le schéma ne le nomme pas ; d’après le fichier par défaut."),
    ("format import", "out", "Le fichier où écrire le format."),
    ("format import", "report", "Où écrire ce qui est perdu."),
    (
        "format adopt",
        "",
        "Prendre dans la coopérative le format d’un nouveau cube : un questionnaire, une sorte de fiche à elle.",
    ),
    ("format adopt", "format", "Le fichier du format, JSON ou YAML."),
    (
        "format migrate",
        "",
        "Faire d’un format la version suivante de son cube ; rien n’est perdu, une version ancienne peut revenir.",
    ),
    (
        "format migrate",
        "to",
        "Le fichier de la nouvelle version ; ou une ancienne, par son numéro ou le début de son empreinte.",
    ),
    ("format migrate", "cube", "Le cube, pour une ancienne version quand la coopérative en a plusieurs."),
    ("format migrate", "dry_run", "Dire ce qui se passerait ; ne rien écrire."),
    (
        "deliver",
        "older",
        "Un cube tel que le décrit une version ancienne de son format, pour qui la lit encore ; répétable.",
    ),
    ("form", "", "Lire les formulaires d’autres outils, écrire des formulaires que d’autres outils posent."),
    (
        "form import",
        "",
        "Lire un formulaire XLSForm en format ; le rapport dit ce que devient chaque cellule.",
    ),
    ("form import", "file", "Le formulaire : .xlsx, .xls ou .csv, reconnu à son contenu."),
    ("form import", "out", "Où écrire le format ; affiché si aucun fichier n’est nommé."),
    ("form import", "report", "Où écrire le rapport."),
    ("form import", "language", "La langue des textes du formulaire qui n’en nomment aucune."),
    (
        "form compile",
        "",
        "Compiler un format pour la page ou l’application où on le remplit ; de la même version de C3MS.",
    ),
    ("form compile", "file", "Le format."),
    ("form compile", "out", "Où écrire le formulaire."),
    (
        "form play",
        "",
        "Jouer un formulaire : après chaque réponse, ce qui est demandé, obligatoire, faux, et ce qui s’ensuit.",
    ),
    ("form play", "file", "Le format."),
    ("form play", "answers", "Les étapes."),
    (
        "form layout",
        "",
        "Disposer un format en formulaire, pour qui le dessine : sections, champs de saisie, mots, conditions.",
    ),
    ("form layout", "file", "Le format."),
    ("form layout", "languages", "La langue de ses textes, la suivante où l’une manque ; répétable."),
    ("form xform", "", "Écrire un format en XForm d’ODK."),
    ("form xform", "file", "Le format, issu de `c3ms form import` ou de `c3ms format CUBE`."),
    ("form xform", "out", "Où écrire le formulaire ; affiché si aucun fichier n’est nommé."),
    ("mapping", "", "Écrire la correspondance qu’utiliserait l’import d’un fichier, pour la modifier."),
    (
        "mapping",
        "file",
        "Le fichier : CSV, .xlsx ou .xls, iCalendar, schema.org, JSON de DATAtourisme ou d’OpenAgenda, RSS ou Atom ; reconnu à son contenu.",
    ),
    ("mapping", "into", "Le cube qu’il remplit."),
    ("mapping", "source", "Le nom de la source ; celui du fichier par défaut."),
    ("edit", "", "Corriger une fiche à la main ; ce que sa source dit de ces champs ne compte plus."),
    ("edit", "entry", "L’identifiant de la fiche."),
    ("edit", "set", "Un champ et sa valeur ; peut être répété."),
    ("edit", "unset", "Un champ à vider ; peut être répété."),
    ("history", "", "Montrer qui a changé quoi dans une fiche, quand, et d’après quelle source."),
    ("history", "entry", "L’identifiant de la fiche."),
    ("revert", "", "Ramener une fiche à ce qu’elle disait avant."),
    ("revert", "entry", "L’identifiant de la fiche."),
    ("revert", "to", "Une position, d’après `c3ms history` ; celle d’avant la dernière par défaut."),
    (
        "clashes",
        "",
        "Trouver les dates d’organisateurs différents qui se gênent ; les brouillons comptent sans être montrés.",
    ),
    ("clashes", "from", "Le premier jour ; aujourd’hui par défaut."),
    ("clashes", "to", "Le lendemain du dernier jour ; un an plus tard par défaut."),
    ("clashes", "within", "À quelle distance, en kilomètres."),
    ("clashes", "organizer", "Seulement ce qui gêne cet organisateur, par son identifiant."),
    (
        "inventory",
        "",
        "Étudier les données du territoire : ce qui est saisi deux fois, par qui, ce qui manque ; en page et en données.",
    ),
    ("inventory", "out", "La page ; les données sont à côté, en .json."),
    ("merge", "", "Réunir deux fiches de la même chose : la première tient lieu de la seconde."),
    ("merge", "keep", "La fiche qui reste."),
    ("merge", "gone", "La fiche dont elle tient désormais lieu."),
    ("unmerge", "", "Séparer de nouveau une fiche qui fut réunie à une autre."),
    ("unmerge", "gone", "La fiche qui fut réunie."),
    ("import", "", "Importer un fichier ; le compte rendu dit ce que devient chaque valeur."),
    (
        "import",
        "file",
        "Le fichier : CSV, .xlsx ou .xls, iCalendar, schema.org, JSON de DATAtourisme ou d’OpenAgenda, RSS ou Atom ; reconnu à son contenu.",
    ),
    ("import", "into", "Le cube qu’il remplit."),
    (
        "import",
        "source",
        "Le nom de la source, son identité d’un import à l’autre ; celui du fichier par défaut.",
    ),
    (
        "import",
        "mapping",
        "Une correspondance, issue de `c3ms mapping` ; elle est gardée pour le prochain import.",
    ),
    ("import", "dry_run", "Ne rien écrire dans la coopérative."),
    ("import", "accept_shrink", "La source a perdu plus d’un tiers de ses enregistrements, et c’est voulu."),
    ("import", "partial", "Le fichier n’est qu’une partie de la source : rien n’est retiré."),
    ("import", "account", "Où écrire le compte rendu."),
    (
        "validate",
        "",
        "Vérifier chaque fiche selon son format, ou selon ce que demande une cible ; ou un document selon un schéma JSON.",
    ),
    (
        "validate",
        "json_schema",
        "Un schéma JSON de n’importe quelle version ; rien n’est cherché sur le réseau.",
    ),
    ("validate", "target", "Ce qui manque aux fiches pour cette cible, et si chaque cube est prêt."),
    ("validate", "resources", "Un document auquel le schéma renvoie ; répétable."),
    ("validate", "assert_formats", "`format` refuse des valeurs, comme dans les anciennes versions."),
    ("validate", "data", "Le document à vérifier : JSON, ou un JSON par ligne."),
    (
        "link",
        "",
        "Trouver quelles lignes de deux tableaux sont le même objet ; lignes comptées à partir de 0, sans l’en-tête.",
    ),
    ("link", "first", "Le premier tableau : CSV, quels que soient le séparateur et l’encodage."),
    ("link", "second", "Le second ; ses colonnes peuvent porter d’autres noms."),
    (
        "dedupe",
        "",
        "Trouver les fiches qui sont sans doute le même objet, et ce qui le laisse penser ; rien n’est fusionné.",
    ),
    ("dedupe", "cube", "Dans ce cube seulement ; dans tous si aucun n’est nommé."),
    ("dedupe", "at_least", "Seulement les paires au moins aussi probables, de 0 à 1."),
    ("search", "", "Trouver des fiches publiées par leurs mots."),
    ("search", "words", "Les mots, ou leur début."),
    ("search", "most", "Pas plus que ce nombre."),
    ("deliver", "", "Écrire les données ouvertes et leur site dans un dossier."),
    ("deliver", "out", "Le dossier ; créé s’il n’existe pas."),
    ("deliver", "widgets", "Le dossier des widgets construits, copié dans le site."),
    ("expand", "", "Donner chaque date des événements d’un agenda dans une période ; sans coopérative."),
    ("expand", "file", "Le fichier : iCalendar."),
    ("expand", "from", "Le premier jour."),
    ("expand", "to", "Le lendemain du dernier jour."),
    ("verify", "", "Vérifier le journal, chaque contenu et les tables de lecture."),
    ("verify", "rebuild", "Refaire les tables de lecture à partir du journal."),
    ("backup", "", "Copier toute la coopérative dans un fichier pendant qu’elle sert, et vérifier la copie."),
    ("backup", "file", "Le fichier ; il ne doit pas exister."),
    (
        "restore",
        "",
        "Mettre une sauvegarde à la place de la coopérative ; ce qui s’y trouvait est gardé à côté.",
    ),
    ("restore", "file", "Le fichier d’une sauvegarde."),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_option_is_told_twice() {
        arguments::command().debug_assert();
    }

    #[test]
    fn every_help_text_exists_in_french() {
        check(&arguments::command(), "");
    }

    #[test]
    fn help_of_surveys_names_no_cooperative() {
        let mut command = command("fr");
        command.build();
        let survey = command.find_subcommand_mut("survey").unwrap();
        let help = survey.find_subcommand_mut("estimate").unwrap().render_long_help().to_string();
        assert!(help.contains("--json") && !help.contains("--by") && !help.contains("--key"), "{help}");
        assert!(!help.contains("--dir"), "{help}");
    }

    fn check(command: &clap::Command, name: &str) {
        assert!(text(name, "").is_some(), "{name}");
        for argument in command.get_arguments().filter(|argument| !argument.is_hide_set()) {
            let id = argument.get_id().as_str();
            let own = !argument.is_global_set() || name.is_empty();
            assert!(!own || matches!(id, "help" | "version") || text(name, id).is_some(), "{name} {id}");
        }
        for inner in command.get_subcommands().filter(|inner| !inner.is_hide_set()) {
            check(inner, &below(name, inner.get_name()));
        }
    }
}
