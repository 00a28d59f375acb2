//! Forms of other tools: what they say is understood, kept or told as lost, and written again.
#![expect(
    clippy::similar_names,
    clippy::format_push_string,
    clippy::doc_markdown,
    clippy::cast_possible_truncation,
    clippy::large_stack_arrays,
    clippy::format_collect,
    reason = "small texts, made here to be damaged"
)]

use std::{
    collections::BTreeSet,
    io::{Cursor, Write as _},
    path::{Path, PathBuf},
};

use c3ms_core::{
    Code, Error,
    base::{Language, Text},
    forms::{Dialect, FormOptions, Format, ImportedForm, Kind, format_from_xlsform, live_performance, xform},
};
use calamine::{Data, Reader as _};
use quick_xml::events::Event;

/// The shared forms; absent they are a failure in CI, else the test says that it was skipped.
fn shared(path: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("C3MS_DATA")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"), PathBuf::from);
    let found = folder.join("xlsform").join(path);
    if found.exists() {
        return Some(found);
    }
    assert!(std::env::var("CI").as_deref() != Ok("true"), "{} is missing", found.display());
    println!("skipped: {} is missing", found.display());
    None
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

fn import(path: &Path) -> Result<ImportedForm, Error> {
    let name = path.file_stem().unwrap().to_string_lossy().into_owned();
    let options = FormOptions { name, ..FormOptions::default() };
    Ok(format_from_xlsform(&std::fs::read(path).unwrap(), &options)?)
}

/// Reads a form in one text: `survey`, then its rows, cells parted by commas.
fn read(form: &str) -> Result<ImportedForm, Error> {
    Ok(format_from_xlsform(form.as_bytes(), &FormOptions::default())?)
}

/// The format as it comes back from its JSON.
fn through_json(format: &Format) -> Format {
    Format::parse(&serde_json::to_string(format).unwrap()).unwrap()
}

/// XML as canonical as the comparison needs: attributes sorted, entities resolved, empty elements opened.
fn canonical(xml: &str) -> String {
    let mut reader = quick_xml::Reader::from_str(xml.trim_end());
    reader.config_mut().expand_empty_elements = true;
    let mut out = String::new();
    loop {
        match reader.read_event().unwrap() {
            Event::Start(tag) => {
                let mut attributes: Vec<String> = tag
                    .attributes()
                    .map(|attribute| {
                        let attribute = attribute.unwrap();
                        let value = quick_xml::escape::unescape(&attribute.value).unwrap().into_owned();
                        format!("{}={:?}", attribute.key.as_ref(), value.replace(['\n', '\t'], " "))
                    })
                    .collect();
                attributes.sort();
                out += &format!("<{} {}>", tag.name().as_ref(), attributes.join(" "));
            }
            Event::End(tag) => out += &format!("</{}>", tag.name().as_ref()),
            // Nothing but the document itself counts.
            Event::Text(text) if !out.is_empty() => out += &text,
            Event::GeneralRef(entity) => {
                out += &quick_xml::escape::unescape(&format!("&{};", &*entity)).unwrap();
            }
            Event::Eof => return out,
            _ => {}
        }
    }
}

/// The cells of the sheets a form has, counted by another reader (calamine, the csv crate).
fn recounted(path: &Path, unread: &BTreeSet<String>) -> usize {
    let bytes = std::fs::read(path).unwrap();
    if path.extension().unwrap() == "csv" {
        let mut reader =
            csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes.as_slice());
        // The first column names the sheets.
        return reader
            .records()
            .map(|row| row.unwrap().iter().skip(1).filter(|cell| !cell.trim().is_empty()).count())
            .sum();
    }
    let mut book = calamine::open_workbook_auto_from_rs(Cursor::new(bytes)).unwrap();
    let sheets = book.worksheets().into_iter().filter(|(sheet, _)| !unread.contains(sheet));
    sheets
        .flat_map(|(_, range)| range.rows().flatten().cloned().collect::<Vec<_>>())
        .filter(|cell| match cell {
            Data::Empty => false,
            Data::String(text) => !text.trim().is_empty(),
            _ => true,
        })
        .count()
}

#[test]
fn all_shared_forms_are_read_and_every_cell_is_told() {
    let Some(folder) = shared("forms") else { return };
    let files = files(&folder);
    for path in &files {
        let ImportedForm { format, loss } =
            import(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let unread = loss.unread.iter().map(|sheet| sheet.sheet.clone()).collect();
        assert_eq!(loss.values, loss.interpreted + loss.kept + loss.lost.len(), "{}", name(path));
        assert_eq!(loss.values, recounted(path, &unread), "{}", name(path));
        assert_eq!(format.dialect, Dialect::Xforms);
        assert_eq!(through_json(&format), format, "{}", name(path));
    }
    assert_eq!(files.len(), 22);
}

/// Expected: what PyPI pyxform 4.5.0 makes of the same forms (`xls2xform --skip_validate`).
#[test]
fn forms_are_written_again_as_the_converter_of_odk_writes_them() {
    let (Some(folder), Some(expected)) = (shared("forms"), shared("expected_xform")) else { return };
    let mut other = Vec::new();
    for path in files(&folder) {
        let format = through_json(&import(&path).unwrap().format);
        let written = canonical(&xform(&format).unwrap());
        let wanted = std::fs::read_to_string(expected.join(format!("{}.xml", name(&path)))).unwrap();
        if written != canonical(&wanted) {
            other.push(name(&path));
        }
    }
    assert!(other.is_empty(), "{other:?}");
}

#[test]
fn invalid_forms_are_refused_with_row_or_column() {
    let Some(folder) = shared("invalid") else { return };
    let refused: Vec<(String, &str, String)> = files(&folder)
        .iter()
        .map(|path| {
            let report = import(path).unwrap_err().report("fr");
            assert!(!report.advice.is_empty());
            (name(path), report.code.as_str(), report.path)
        })
        .collect();
    let expected = [
        (
            "calculate_without_calculation.xls",
            "exchange.calculation-missing",
            "survey, row 34, column calculation",
        ),
        ("duplicate_columns.xlsx", "exchange.header-twice", "survey, row 1, column E"),
        ("unknown_question_type.xls", "exchange.header-twice", "survey, row 1, column J"),
    ];
    let expected = expected.map(|(file, code, path)| (file.to_owned(), code, path.to_owned()));
    assert_eq!(refused, expected);
}

#[test]
fn what_is_wrong_is_named_with_its_row_and_column() {
    let choices = "\nchoices\n,list_name,name,label\n,a,x,X\n,a,y,Y\n";
    let cases = [
        (
            "survey\n,type,name,label\n,text,q,Q\n,foo,r,R\n",
            "exchange.type-unknown",
            "survey, row 4, column type",
        ),
        (
            "survey\n,type,name,label\n,,q,Q\n,text,r,R\n",
            "exchange.type-missing",
            "survey, row 3, column type",
        ),
        (
            "survey\n,type,name,label\n,text,,Q\n,text,r,R\n",
            "exchange.name-missing",
            "survey, row 3, column name",
        ),
        (
            "survey\n,type,name,label\n,text,a b,Q\n,text,r,R\n",
            "exchange.name-invalid",
            "survey, row 3, column name",
        ),
        (
            "survey\n,type,name,label\n,text,q,Q\n,text,q,R\n",
            "exchange.name-twice",
            "survey, row 4, column name",
        ),
        (
            "survey\n,type,name,label\n,text,q,Q\n,text,meta,R\n",
            "exchange.name-twice",
            "survey, row 4, column name",
        ),
        (
            "survey\n,type,name,label\n,text,q,Q\n,text,r,\n",
            "exchange.label-missing",
            "survey, row 4, column label",
        ),
        (
            "survey\n,type,name,label\n,begin group,g,G\n,text,r,R\n",
            "exchange.begin-unmatched",
            "survey, row 3, column type",
        ),
        (
            "survey\n,type,name,label\n,begin group,g,G\n,text,r,R\n,end repeat,,\n",
            "exchange.end-unmatched",
            "survey, row 5, column type",
        ),
        (
            "survey\n,type,name,label\n,text,q,Q\n,end group,,\n",
            "exchange.end-unmatched",
            "survey, row 4, column type",
        ),
        (
            "survey\n,type,name,label\n,text,q,Q\n,select_one b,r,R\n",
            "exchange.choice-list-missing",
            "survey, row 4, column type",
        ),
        (
            "survey\n,type,name,label\n,text,q,Q ${w}\n,text,r,R\n",
            "exchange.reference-unknown",
            "survey, row 3, column label",
        ),
        (
            "survey\n,type,name,label\n,text,q,Q ${ r }\n,text,r,R\n",
            "exchange.reference-broken",
            "survey, row 3, column label",
        ),
        (
            "survey\n,type,name,label\n,text,q,Q ${r\n,text,r,R\n",
            "exchange.reference-broken",
            "survey, row 3, column label",
        ),
        (
            "survey\n,type,name,label\n,calculate,q,Q\n,text,r,R\n",
            "exchange.calculation-missing",
            "survey, row 3, column calculation",
        ),
        (
            "survey\n,type,name,label,parameters\n,range,q,Q,step=0\n,text,r,R,\n",
            "exchange.parameters-unsound",
            "survey, row 3, column parameters",
        ),
        (
            "survey\n,type,name,label,parameters\n,text,q,Q,lines=2\n,text,r,R,\n",
            "exchange.parameters-unsound",
            "survey, row 3, column parameters",
        ),
        (
            "survey\n,type,name,label,relevant,Relevance\n,text,q,Q,,\n,text,r,R,,\n",
            "exchange.header-twice",
            "survey, row 2, column E",
        ),
        ("survey\n,kind,name,label\n,text,q,Q\n,text,r,R\n", "exchange.header-missing", "survey, row 2"),
        (
            "questions\n,type,name,label\n,text,q,Q\nchoices\n,list_name,name\n",
            "exchange.sheet-missing",
            "survey",
        ),
        (
            "survey\n,type,name,label\n,text,q,Q\nsettings\n,name,form_id\n,a b,x\n",
            "exchange.name-invalid",
            "settings, row 6, column name",
        ),
        (
            "survey\n,type,name,label\n,text,q,Q\nsettings\n,omit_instanceID,public_key\n,yes,x\n",
            "exchange.setting-unsound",
            "settings, row 6, column omit_instanceID",
        ),
        (
            "survey\n,type,name,label,trigger\n,text,q,Q,${z}\n,text,r,R,\n",
            "exchange.reference-unknown",
            "survey, row 3, column trigger",
        ),
        (
            "survey\n,type,name,label,save_to\n,text,q,Q,p\n,text,r,R,\n",
            "exchange.combination-refused",
            "survey, row 3",
        ),
    ];
    for (form, code, path) in cases {
        let refused = read(form).map(|read| read.format.cube).unwrap_err().report("en");
        assert_eq!((refused.code.as_str(), refused.path.as_str()), (code, path), "{form}");
    }
    let twice = format!("survey\n,type,name,label\n,select_one a,q,Q{choices},a,x,X\n");
    let refused = read(&twice).unwrap_err().report("en");
    assert_eq!((refused.code, refused.path.as_str()), (Code::ChoiceTwice, "choices, row 8, column name"));
    let allowed = format!("{twice}settings\n,allow_choice_duplicates,form_id\n,yes,f\n");
    let format = through_json(&read(&allowed).unwrap().format);
    assert_eq!(xform(&format).unwrap().matches("<name>x</name>").count(), 2);
}

#[test]
fn what_is_lost_is_told_with_its_reason() {
    let form =
        "survey\n,type,name,label,disabled,notes\n,text,q,Q,,for later\n,,,,,only a remark\n,text,r,R,yes,\n";
    let loss = read(form).unwrap().loss;
    let lost: Vec<(usize, &str, &str)> =
        loss.lost.iter().map(|one| (one.row, one.column.as_str(), one.value.as_str())).collect();
    assert_eq!(
        lost,
        [
            (4, "notes", "only a remark"),
            (5, "type", "text"),
            (5, "name", "r"),
            (5, "label", "R"),
            (5, "disabled", "yes")
        ]
    );
    assert_eq!(
        (loss.values, loss.interpreted, loss.kept),
        (14, 7, 2),
        "the notes are kept, with their header"
    );
}

#[test]
fn a_form_becomes_fields_that_c3ms_understands() {
    let form = "\
survey
,type,name,label::Français (fr),label::English (en),hint::Français (fr),relevant,required,constraint,constraint_message::Français (fr),calculation,default,choice_filter,repeat_count,appearance
,select_one region,region,Région,Region,,,yes,,,,north,,,minimal
,select_multiple town,towns,Communes,Towns,,,,,,,,region = ${region},,
,begin repeat,member,Membre,Member,,,,,,,,,3,
,integer,age,Âge,Age,En années,,,. > 0,Un âge est positif,,,,,
,end repeat,,,,,,,,,,,,,
,calculate,total,,,,,,,,sum(${age}),,,,
,date,day,Jour,Day,,${age} > 17,${age} > 20,,,,today(),,,
,start,began,,,,,,,,,,,,
choices
,list_name,name,label::Français (fr),label::English (en),region
,region,north,Nord,North,
,town,a,Bourg,Borough,north
settings
,form_title,form_id,default_language
,Visite,Visit-2,Français (fr)
";
    let ImportedForm { format, loss } = read(form).unwrap();
    assert_eq!((format.cube.as_str(), loss.lost.len()), ("visit-2", 0));
    assert_eq!(format.languages, ["fr", "en"].map(|tag| Language::parse(tag).unwrap()));
    assert_eq!(format.label.exactly("fr"), Some("Visite"));
    let [region, towns, member, total, day, began] = format.fields.as_slice() else { panic!("six fields") };
    assert!(region.required && region.default == Some("north".into()));
    assert_eq!(region.extensions["xlsform:appearance"], "minimal");
    let Kind::Code { vocabulary, filter, .. } = &towns.kind else { panic!("a choice") };
    assert_eq!((vocabulary.as_str(), filter.as_deref()), ("town", Some("region = ${region}")));
    assert_eq!(format.vocabularies["town"].codes[0].attributes["region"], "north");
    assert!(towns.many.is_some() && member.many.is_some() && member.count.as_deref() == Some("3"));
    let age = format.field_at(&["member", "age"]).unwrap();
    assert_eq!((age.constraint.as_deref(), age.help.exactly("fr")), (Some(". > 0"), Some("En années")));
    assert_eq!(age.constraint_help.exactly("fr"), Some("Un âge est positif"));
    assert_eq!(total.calculation.as_deref(), Some("sum(${age})"));
    assert_eq!(
        (day.initial.as_deref(), day.required_when.as_deref()),
        (Some("today()"), Some("${age} > 20"))
    );
    assert_eq!((&began.kind, &began.extensions["xlsform:type"]), (&Kind::Moment, &"start".into()));
}

#[test]
fn a_format_that_was_changed_is_written_as_it_is_now() {
    let form = "survey\n,type,name,label\n,text,q,Question\n,note,n,Answer: ${q}\n";
    let mut format = read(form).unwrap().format;
    let und = Language::parse("und").unwrap();
    format.fields[0].label = [(und, "Question".to_owned()), (Language::french(), "Demande".to_owned())]
        .into_iter()
        .collect::<Text>();
    format.fields[0].constraint = Some("string-length(.) < 9".to_owned());
    let written = xform(&format).unwrap();
    assert!(
        written.contains(r#"<bind nodeset="/data/q" type="string" constraint="string-length(.) &lt; 9"/>"#)
    );
    assert!(written.contains(r#"<translation lang="fr"><text id="/data/q:label"><value>Demande</value>"#));
    assert!(written.contains(r#"<label> Answer: <output value=" /data/q "/> </label>"#));
    format.fields.remove(0);
    let refused = Error::from(xform(&format).unwrap_err()).report("en");
    assert_eq!((refused.code, refused.path.as_str()), (Code::FormatUnsound, "/data/n"));
}

/// Formats that never were an XLSForm: several languages, money, links, lists of plain values.
#[test]
fn formats_of_live_performance_are_written_too() {
    for format in live_performance().unwrap().formats {
        let written = xform(&format).unwrap_or_else(|error| panic!("{}: {error}", format.cube));
        assert!(canonical(&written).starts_with("<h:html "), "{}", format.cube);
        assert!(written.contains(r#"<translation lang="fr" default="true()">"#), "{}", format.cube);
        assert!(!written.contains("</label></group>"), "{}: no group is empty", format.cube);
        for field in &format.fields {
            assert!(written.contains(&format!("/data/{}", field.name)), "{} {}", format.cube, field.name);
        }
    }
}

#[test]
fn the_kind_of_a_file_is_told_by_its_content() {
    let Some(folder) = shared("forms") else { return };
    // An .xls under any name.
    let old = std::fs::read(folder.join("widgets.xls")).unwrap();
    assert!(format_from_xlsform(&old, &FormOptions { name: "widgets.xlsx".into(), language: None }).is_ok());
    let semicolons = "survey;;;\n;type;name;label\n;text;nom;Prénom, nom\n";
    assert_eq!(read(semicolons).unwrap().format.fields[0].label.in_language("fr"), Some("Prénom, nom"));
    let cases: [(&[u8], Code); 6] = [
        (b"", Code::SourceEmpty),
        (b"  \n ", Code::SourceEmpty),
        (b"PK\x03\x04 and no more", Code::WorkbookDamaged),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Code::WorkbookDamaged),
        (b"<html><table>,,,,</table></html>", Code::WorkbookUnknown),
        (b"\x00\x01\x02\xff", Code::WorkbookUnknown),
    ];
    for (bytes, code) in cases {
        let refused = format_from_xlsform(bytes, &FormOptions::default()).unwrap_err();
        assert_eq!(refused.code(), code, "{bytes:?}");
    }
}

/// A damaged file is refused or read; it neither stops the program nor takes all its memory.
#[test]
fn damaged_workbooks_are_refused() {
    let Some(folder) = shared("forms") else { return };
    for file in ["widgets.xls", "choice_filter_test.xlsx"] {
        let whole = std::fs::read(folder.join(file)).unwrap();
        for part in 1..40 {
            let cut = whole.get(..whole.len() * part / 40).unwrap();
            if let Err(refused) = format_from_xlsform(cut, &FormOptions::default()) {
                assert!(!refused.code().advice("fr").is_empty());
            }
        }
        // A number that is always the same, so that a failure is found again.
        let mut state = 0x2545_f491_4f6c_dd1d_u64;
        for _ in 0..100 {
            let mut bytes = whole.clone();
            for _ in 0..8 {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let at = usize::try_from(state >> 33).unwrap() % bytes.len();
                bytes[at] = (state >> 24) as u8;
            }
            let _read = format_from_xlsform(&bytes, &FormOptions::default());
        }
    }
    // A directory whose only sector follows itself.
    let mut circle = vec![0; 512 * 3];
    circle[..8].copy_from_slice(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1");
    circle[30] = 9;
    circle[32] = 6;
    circle[48] = 1;
    circle[60..64].fill(0xff);
    circle[68..72].fill(0xff);
    circle[80..512].fill(0xff);
    circle[512..516].fill(0xff);
    circle[516] = 1;
    let refused = format_from_xlsform(&circle, &FormOptions::default()).unwrap_err();
    assert_eq!(refused.code(), Code::WorkbookDamaged, "{refused}");
}

fn zipped(parts: &[(&str, &[u8], usize)]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content, times) in parts {
        archive.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        for _ in 0..*times {
            archive.write_all(content).unwrap();
        }
    }
    archive.finish().unwrap().into_inner()
}

#[test]
fn workbooks_that_unpack_to_mountains_are_refused() {
    let bomb = zipped(&[("xl/workbook.xml", &[b' '; 1 << 20], 70)]);
    assert!(bomb.len() < 2 << 20);
    let refused = format_from_xlsform(&bomb, &FormOptions::default()).unwrap_err();
    assert_eq!(refused.code(), Code::WorkbookTooLarge, "{refused}");
    let refused = format_from_xlsform(&zipped(&[("word/document.xml", b"<w/>", 1)]), &FormOptions::default());
    assert_eq!(refused.unwrap_err().code(), Code::WorkbookUnknown);
}

#[test]
fn deep_and_long_forms_have_an_end() {
    let nested = |depth: usize| {
        let begins: String = (0..depth).map(|level| format!(",begin group,g{level},G\n")).collect();
        let ends = ",end group,,\n".repeat(depth);
        format!("survey\n,type,name,label\n{begins},text,q,Q\n{ends}")
    };
    assert!(xform(&read(&nested(7)).unwrap().format).is_ok());
    for depth in [8, 10_000] {
        let refused = read(&nested(depth)).unwrap_err().report("en");
        assert_eq!(
            (refused.code, refused.path.as_str()),
            (Code::GroupsTooDeep, "survey, row 10, column type")
        );
    }
    let rows: String = (0..10_000).map(|row| format!(",integer,q{row},Q ${{q0}}\n")).collect();
    let format = read(&format!("survey\n,type,name,label\n{rows}")).unwrap().format;
    assert_eq!(format.fields.len(), 10_000);
}

/// The bindings were worked out by hand from the semantics of both dialects: a blank meets no condition, breaks no
/// constraint; money is asked in cents, texts once in each language.
#[test]
fn expressions_of_the_own_dialect_say_in_xpath_what_they_say_here() {
    let format = Format::parse(
        r#"{"cube": "visit", "label": {"en": "Visit"}, "languages": ["fr", "en"],
        "vocabularies": {"day": {"codes": [{"code": "sat", "attributes": {"open": "1"}}]}}, "fields": [
        {"id": "a", "name": "age", "kind": {"type": "integer", "minimum": 0}, "constraint": ". < 130"},
        {"id": "p", "name": "price", "kind": {"type": "money"}},
        {"id": "t", "name": "title", "kind": {"type": "text", "languages": true}, "relevant": "not(${age} < 18)"},
        {"id": "n", "name": "twice", "kind": {"type": "decimal"}, "calculation": "${price} * 2"},
        {"id": "k", "name": "said", "kind": {"type": "note"}, "relevant": "${title} = 'Fin'"},
        {"id": "d", "name": "day", "kind": {"type": "code", "vocabulary": "day", "filter": "open = '1'"}},
        {"id": "l", "name": "marks", "many": 5, "kind": {"type": "integer"}, "constraint": "count-non-empty(.) < 4"}]}"#,
    )
    .unwrap();
    let written = xform(&format).unwrap().replace("  ", " ");
    for part in [
        r#"nodeset="/data/age" type="int" constraint="(not(number(.) &gt;= 130)) and (. &gt;= 0)""#,
        r#"nodeset="/data/title" relevant="number( /data/age ) &gt;= 18""#,
        r#"calculate="if( /data/price /cents = '', '', /data/price /cents div 100) * 2""#,
        r#"relevant="coalesce( /data/title /fr, /data/title /en) != '' and string(coalesce( /data/title /fr, /data/title /en)) = 'Fin'""#,
        r#"nodeset="instance('day')/root/item[open != '' and string(open) = '1']""#,
        // Marks are asked one by one: what all of them must fulfil cannot be asked.
        r#"<bind nodeset="/data/marks/value" type="int"/>"#,
    ] {
        assert!(written.contains(part), "{part} in {written}");
    }
}

#[test]
fn an_expression_that_cannot_be_used_is_refused_with_its_row_and_column() {
    let refused = |rows: &str| {
        let form = format!("survey\n,type,name,label,relevant,calculation\n{rows}");
        let report = read(&form).unwrap_err().report("en");
        (report.code.as_str(), report.path)
    };
    assert_eq!(
        refused(",begin_group,g,G,,\n,text,q,Q,frobnicate(1) > 1,\n,end_group,,,,\n"),
        ("forms.expression-function-unknown", "survey, row 4, column relevant".to_owned())
    );
    assert_eq!(
        refused(",calculate,a,,,${b} + 1\n,calculate,b,,,${a} + 1\n"),
        ("forms.expression-cycle", "survey, row 3, column calculation".to_owned())
    );
}
