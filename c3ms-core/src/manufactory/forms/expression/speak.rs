//! A simple condition in words: what a form's readers need not know is that it is an expression.

use super::{
    Expression,
    function::Function,
    tree::{Link, Operator, Path, Term, Tree},
};

/// What the fields and values of an expression are called; a name is nothing where the field itself is meant.
pub trait Speaker {
    /// The field: `« Tarif »`, `la valeur`. Nothing where it is not known which one is meant.
    fn field(&self, name: Option<&str>) -> Option<String>;
    /// A value of the field: `« réduit »`.
    fn value(&self, name: Option<&str>, value: &str) -> String;
    /// In French, else in English.
    fn is_french(&self) -> bool;
}

/// Longer conditions are read more easily as they are written.
const MOST_PARTS: usize = 6;

impl Expression {
    /// The expression in words where it is a simple condition: fields compared with numbers, texts and codes, joined
    /// by `and` and `or`. Nothing where it is anything else.
    #[must_use]
    pub fn in_words(&self, speaker: &dyn Speaker) -> Option<String> {
        let mut parts = 0;
        self.tree.walk(&mut |part| parts += usize::from(matches!(part.term, Term::Path(_))));
        (parts <= MOST_PARTS).then(|| said(&self.tree, speaker)).flatten()
    }
}

fn said(tree: &Tree, speaker: &dyn Speaker) -> Option<String> {
    let pick =
        |french: &'static str, english: &'static str| if speaker.is_french() { french } else { english };
    match &tree.term {
        Term::Chain(first, links) => {
            let joint = match links.first()?.operator {
                Operator::And => pick(" et ", " and "),
                Operator::Or => pick(" ou ", " or "),
                _ => return compared(first, links, speaker),
            };
            let mut all = vec![part(first, speaker)?];
            for link in links {
                all.push(part(&link.right, speaker)?);
            }
            Some(all.join(joint))
        }
        Term::Path(path) => {
            let field = speaker.field(name_of(path)?)?;
            Some(format!("{field} {}", pick("est oui", "is yes")))
        }
        Term::Call(call) => match (call.function?, call.arguments.as_slice()) {
            (Function::Not, [inner]) => denied(inner, speaker),
            (Function::Known, [of]) => filled(of, speaker, true),
            (Function::Selected, [of, code]) => chosen(of, code, speaker, pick("comprend", "includes")),
            _ => None,
        },
        Term::Number(..) | Term::Text(_) | Term::Quoted(_) | Term::Negative(_) => None,
    }
}

/// A part of an `and` or `or`; one that is such itself goes between parentheses.
fn part(tree: &Tree, speaker: &dyn Speaker) -> Option<String> {
    let words = said(tree, speaker)?;
    let is_joined = matches!(&tree.term, Term::Chain(_, links)
        if links.first().is_some_and(|link| matches!(link.operator, Operator::And | Operator::Or)));
    Some(if is_joined { format!("({words})") } else { words })
}

fn denied(tree: &Tree, speaker: &dyn Speaker) -> Option<String> {
    let pick =
        |french: &'static str, english: &'static str| if speaker.is_french() { french } else { english };
    match &tree.term {
        Term::Path(path) => {
            let field = speaker.field(name_of(path)?)?;
            Some(format!("{field} {}", pick("est non", "is no")))
        }
        Term::Call(call) => match (call.function?, call.arguments.as_slice()) {
            (Function::Known, [of]) => filled(of, speaker, false),
            (Function::Selected, [of, code]) => {
                chosen(of, code, speaker, pick("ne comprend pas", "does not include"))
            }
            _ => None,
        },
        Term::Chain(first, links) => match links.as_slice() {
            [Link { operator: Operator::Equal, at, right }] => {
                let link = Link { at: *at, operator: Operator::NotEqual, right: right.clone() };
                compared(first, &[link], speaker)
            }
            _ => None,
        },
        Term::Number(..) | Term::Text(_) | Term::Quoted(_) | Term::Negative(_) => None,
    }
}

fn filled(of: &Tree, speaker: &dyn Speaker, is_filled: bool) -> Option<String> {
    let Term::Path(path) = &of.term else { return None };
    let field = speaker.field(name_of(path)?)?;
    Some(match (speaker.is_french(), is_filled) {
        (true, true) => format!("{field} est rempli"),
        (true, false) => format!("{field} n’est pas rempli"),
        (false, true) => format!("{field} is filled in"),
        (false, false) => format!("{field} is empty"),
    })
}

fn chosen(of: &Tree, code: &Tree, speaker: &dyn Speaker, verb: &str) -> Option<String> {
    let Term::Path(path) = &of.term else { return None };
    let name = name_of(path)?;
    Some(format!("{} {verb} {}", speaker.field(name)?, speaker.value(name, code.as_text()?)))
}

/// A field against a value; `18 <= ${age}` is turned around.
fn compared(left: &Tree, links: &[Link], speaker: &dyn Speaker) -> Option<String> {
    let [Link { operator, right, .. }] = links else { return None };
    let (path, value, operator) = match (&left.term, &right.term) {
        (Term::Path(path), _) => (path, right, *operator),
        (_, Term::Path(path)) => (path, left, turned(*operator)),
        _ => return None,
    };
    let name = name_of(path)?;
    let (field, french) = (speaker.field(name)?, speaker.is_french());
    let mut is_number = false;
    let value = match &value.term {
        Term::Text(text) if text.is_empty() => {
            return match operator {
                Operator::Equal => {
                    Some(format!("{field} {}", if french { "n’est pas rempli" } else { "is empty" }))
                }
                Operator::NotEqual => {
                    Some(format!("{field} {}", if french { "est rempli" } else { "is filled in" }))
                }
                _ => None,
            };
        }
        Term::Text(text) => speaker.value(name, text),
        Term::Number(written, _) => {
            is_number = true;
            if french { written.replace('.', ",") } else { written.clone() }
        }
        Term::Call(call) if call.arguments.is_empty() => match call.function? {
            Function::True => (if french { "oui" } else { "yes" }).to_owned(),
            Function::False => (if french { "non" } else { "no" }).to_owned(),
            _ => return None,
        },
        Term::Path(other) => speaker.field(name_of(other)?)?,
        Term::Negative(inner) => match &inner.term {
            Term::Number(written, _) => {
                is_number = true;
                format!("-{}", if french { written.replace('.', ",") } else { written.clone() })
            }
            _ => return None,
        },
        Term::Call(_) | Term::Quoted(_) | Term::Chain(..) => return None,
    };
    let verb = match (operator, french) {
        (Operator::Equal, true) if is_number => "vaut",
        (Operator::NotEqual, true) if is_number => "ne vaut pas",
        (Operator::Equal, true) => "est",
        (Operator::NotEqual, true) => "n’est pas",
        (Operator::Less, true) => "est inférieur à",
        (Operator::LessOrEqual, true) => "est au plus",
        (Operator::Greater, true) => "est supérieur à",
        (Operator::GreaterOrEqual, true) => "est au moins",
        (Operator::Equal, false) => "is",
        (Operator::NotEqual, false) => "is not",
        (Operator::Less, false) => "is less than",
        (Operator::LessOrEqual, false) => "is at most",
        (Operator::Greater, false) => "is more than",
        (Operator::GreaterOrEqual, false) => "is at least",
        _ => return None,
    };
    Some(format!("{field} {verb} {value}"))
}

const fn turned(operator: Operator) -> Operator {
    match operator {
        Operator::Less => Operator::Greater,
        Operator::LessOrEqual => Operator::GreaterOrEqual,
        Operator::Greater => Operator::Less,
        Operator::GreaterOrEqual => Operator::LessOrEqual,
        other => other,
    }
}

/// The field of a path that is a name alone, or the field itself; outside, where it is neither.
#[expect(clippy::option_option, reason = "no name is an answer here: the field itself")]
fn name_of(path: &Path) -> Option<Option<&str>> {
    if path.is_here() { Some(None) } else { path.as_named().map(Some) }
}
