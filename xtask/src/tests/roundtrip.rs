//! Every file that the compiler accepts is printed as text that compiles back to the same descriptor.

use std::collections::HashSet;
use std::fmt::Write;

use proptest::prelude::*;

use crate::comments::Comments;
use crate::compile::{self, Sources};
use crate::difference::difference;
use crate::printer::{self, names::Names};

proptest! {
    #[test]
    fn a_printed_file_compiles_back_to_itself(choices in prop::collection::vec(any::<u32>(), 0..600)) {
        let mut sources = Sources::new();
        let options = std::fs::read_to_string(super::data("options.proto")).unwrap();
        sources.insert("o.proto".to_owned(), options);
        let source = Generator::new(&choices).file();
        sources.insert("f.proto".to_owned(), source.clone());
        let pool = compile::pool(&sources).unwrap_or_else(|error| panic!("{error}\n{source}"));

        let file = pool.get_file_by_name("f.proto").unwrap();
        let text = printer::print(&file, &Names::new(&pool), &Comments::default()).unwrap();
        sources.insert("f.proto".to_owned(), text.clone());
        let printed = compile::pool(&sources).map_err(|error| TestCaseError::fail(format!("{error}\n{text}")))?;
        let difference = difference(&pool, &printed, "f.proto").unwrap();
        prop_assert!(difference.is_none(), "{}\n{source}\n{text}", difference.unwrap());
    }
}

/// Writes a file by decisions from a list of numbers. When they run out, it takes the simplest.
struct Generator<'a> {
    choices: std::slice::Iter<'a, u32>,
    proto2: bool,
    /// Full names of the types so far, and whether they are messages.
    types: Vec<(String, bool)>,
    extendable: Option<String>,
    text: String,
}

const STRINGS: &[&str] = &[
    "''",
    "'a'",
    r#"'"'"#,
    r"'\''",
    r"'\\'",
    r"'\n\r\t\0\7\177'",
    "'{};/*//?'",
    "'é字\u{1f600}\u{2028}\u{feff}\u{85}'",
];
const BYTES: &[&str] = &["''", "'a'", r"'\377\0\1771'", r#"'"\\'"#];
const INTEGERS: &[&str] = &["0", "1", "2147483647"];
const SIGNED: &[&str] = &["0", "-1", "2147483647", "-2147483648"];
const LONG: &[&str] = &["0", "-1", "9223372036854775807", "-9223372036854775808"];
const UNSIGNED: &[&str] = &["0", "1", "18446744073709551615"];
/// The compiler accepts `inf` and `nan` only in messages.
const PLAIN_FLOATS: &[&str] = &["0", "0.1", "-2.5", "1e-30", "3.4028235e38"];
const FLOATS: &[&str] = &["0", "0.1", "-2.5", "1e-30", "inf", "-inf", "nan"];
const BOOLS: &[&str] = &["true", "false"];
const COLORS: &[&str] = &["NONE", "RED", "BLUE"];

/// Scalar types with the text of a default.
const SCALARS: &[(&str, &str)] = &[
    ("string", r#""say \"é\"\\\n""#),
    ("bytes", r#""\000\377\"a\\""#),
    ("bool", "true"),
    ("int32", "-2147483648"),
    ("int64", "-9223372036854775808"),
    ("uint32", "4294967295"),
    ("uint64", "18446744073709551615"),
    ("sint32", "-1"),
    ("sint64", "1"),
    ("fixed32", "0"),
    ("fixed64", "7"),
    ("sfixed32", "-7"),
    ("sfixed64", "8"),
    ("float", "-inf"),
    ("double", "nan"),
    ("double", "0.5"),
];

/// The fields of `o.Value` that hold scalars, and texts of their values.
const VALUES: &[(&str, &[&str])] = &[
    ("text", STRINGS),
    ("raw", BYTES),
    ("i", SIGNED),
    ("l", LONG),
    ("u", UNSIGNED),
    ("f", FLOATS),
    ("d", FLOATS),
    ("b", BOOLS),
    ("color", COLORS),
    ("texts", STRINGS),
    ("x", INTEGERS),
    ("maybe", SIGNED),
    ("numbers", FLOATS),
    ("colors", COLORS),
];

/// The repeated option of each kind of element, and texts of its values.
const MARKS: &[(&str, &[&str])] = &[
    ("message", SIGNED),
    ("field", COLORS),
    ("oneof", BYTES),
    ("enum", PLAIN_FLOATS),
    ("value", BOOLS),
    ("method", UNSIGNED),
];

impl<'a> Generator<'a> {
    fn new(choices: &'a [u32]) -> Self {
        Self {
            choices: choices.iter(),
            proto2: false,
            types: vec![
                ("o.Value".to_owned(), true),
                ("google.protobuf.BoolValue".to_owned(), true),
            ],
            extendable: None,
            text: String::new(),
        }
    }

    /// A number below `sides`, zero when the choices have run out.
    fn roll(&mut self, sides: usize) -> usize {
        self.choices
            .next()
            .map_or(0, |choice| *choice as usize % sides)
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.roll(from.len())]
    }

    fn line(&mut self, text: impl AsRef<str>) {
        self.text.push_str(text.as_ref());
        self.text.push('\n');
    }

    fn file(mut self) -> String {
        self.proto2 = self.roll(4) == 1;
        let package = self.pick(&["", "p", "p.q", "o.p", "google.o"]);
        let syntax = if self.proto2 { "proto2" } else { "proto3" };
        self.line(format!("syntax = \"{syntax}\";"));
        if !package.is_empty() {
            self.line(format!("package {package};"));
        }
        let public = self.pick(&["", "public "]);
        self.line("import \"google/protobuf/wrappers.proto\";");
        self.line(format!("import {public}\"o.proto\";"));
        let scope = if package.is_empty() {
            String::new()
        } else {
            format!("{package}.")
        };
        // The names of packages are taken at the top.
        let mut taken: HashSet<String> = ["o", "google", "p", "q"].map(str::to_owned).into();
        for _ in 0..=self.roll(3) {
            self.message(&scope, &mut taken, 0);
        }
        for _ in 0..self.roll(2) {
            self.enumeration(&scope, &mut taken);
        }
        if let Some(extended) = self.extendable.take() {
            let number = 1000 + self.roll(100);
            let field = self.field(&["optional", "repeated"], "extra", number);
            self.line(format!("extend .{extended} {{ {field} }}"));
        }
        for _ in 0..self.roll(2) {
            self.service(&mut taken);
        }
        self.text
    }

    /// A name that is free in its scope, often one that is used elsewhere too.
    fn name(&mut self, taken: &mut HashSet<String>, from: &[&'static str]) -> String {
        let base = self.pick(from);
        let mut name = base.to_owned();
        let mut count = 2;
        // JSON names must differ too, and they ignore underscores.
        while !taken.insert(name.replace('_', "").to_lowercase()) {
            name = format!("{base}{count}");
            count += 1;
        }
        name
    }

    fn message(&mut self, scope: &str, taken: &mut HashSet<String>, depth: usize) {
        let names = [
            "A",
            "B",
            "Value",
            "Color",
            "BoolValue",
            "message",
            "optional",
            "string",
            "stream",
        ];
        let name = self.name(taken, &names);
        self.line(format!("message {name} {{"));
        let inner = format!("{scope}{name}");
        self.types.push((inner.clone(), true));
        self.statements("message");
        let mut taken = HashSet::new();
        if depth < 2 {
            for _ in 0..self.roll(3) {
                self.message(&format!("{inner}."), &mut taken, depth + 1);
            }
        }
        for _ in 0..self.roll(2) {
            self.enumeration(&format!("{inner}."), &mut taken);
        }
        for _ in 0..self.roll(3) {
            let name = self.name(&mut taken, &["reserved_name", "max", "to"]);
            self.line(format!("reserved \"{name}\";"));
        }
        if self.roll(3) == 1 {
            let range = self.pick(&["500", "600 to 619", "19000 to 19999", "70000 to max"]);
            self.line(format!("reserved {range}, 400 to 409;"));
        }
        if self.proto2 && self.roll(2) == 1 {
            let range = self.pick(&["1000 to 1099", "1000 to 18999"]);
            self.line(format!("extensions {range};"));
            self.extendable = Some(inner);
        }
        self.fields(&mut taken);
        self.line("}");
    }

    fn fields(&mut self, taken: &mut HashSet<String>) {
        let labels: &[&str] = match self.proto2 {
            true => &["optional", "repeated", "required"],
            false => &["", "repeated", "optional"],
        };
        let names = [
            "a",
            "A",
            "snake_case_name",
            "Value",
            "o",
            "google",
            "_lead",
            "n__2",
            "p",
            "message",
        ];
        let mut number = 0;
        for _ in 0..self.roll(6) {
            number += 1 + self.roll(3);
            let name = self.name(taken, &names);
            match self.roll(6) {
                1 => {
                    let oneof = self.name(taken, &["pick", "B", "details"]);
                    self.line(format!("oneof {oneof} {{"));
                    self.statements("oneof");
                    let mut member = name;
                    for _ in 0..=self.roll(3) {
                        let field = self.field(&[""], &member, number);
                        self.line(field);
                        member = self.name(taken, &["b", "c"]);
                        number += 1;
                    }
                    self.line("}");
                }
                // The entry of a map is named after the field, and can clash with a type.
                2 if taken.insert(format!("{}entry", name.replace('_', "").to_lowercase())) => {
                    let key =
                        self.pick(&["string", "bool", "int32", "sint64", "fixed32", "uint64"]);
                    let value = self.kind().0;
                    let options = self.bracketed("field");
                    self.line(format!("map<{key}, {value}> {name} = {number}{options};"));
                }
                _ => {
                    let field = self.field(labels, &name, number);
                    self.line(field);
                }
            }
        }
    }

    /// A type, and the text of a default if it is scalar.
    fn kind(&mut self) -> (String, Option<&'static str>) {
        if self.roll(3) == 1 {
            let index = self.roll(self.types.len());
            return (format!(".{}", self.types[index].0), None);
        }
        let (kind, default) = self.pick(SCALARS);
        (kind.to_owned(), Some(default))
    }

    fn field(&mut self, labels: &[&str], name: &str, number: usize) -> String {
        let (label, (kind, default)) = (self.pick(labels), self.kind());
        let mut options = Vec::new();
        let default = default.filter(|_| self.proto2 && label == "optional");
        if let (Some(default), 1) = (default, self.roll(2)) {
            options.push(format!("default = {default}"));
        }
        if name != "extra" && self.roll(8) == 1 {
            options.push(format!(r#"json_name = "json-{number}\"\\""#));
        }
        options.extend(self.options("field"));
        format!("{label} {kind} {name} = {number}{};", brackets(&options))
    }

    fn enumeration(&mut self, scope: &str, taken: &mut HashSet<String>) {
        let name = self.name(taken, &["E", "Color", "Kind"]);
        self.types.push((format!("{scope}{name}"), false));
        self.line(format!("enum {name} {{"));
        self.statements("enum");
        let numbers = [0, 1, 7, -3, i32::MAX, i32::MIN];
        for number in &numbers[..1 + self.roll(6)] {
            let name = self.name(taken, &["ZERO", "RED", "inf", "VALUE_A"]);
            let options = self.bracketed("value");
            self.line(format!("{name} = {number}{options};"));
        }
        if self.roll(3) == 1 {
            let range = self.pick(&["100", "100 to 110", "-20 to -10", "1000 to 2147483646"]);
            self.line(format!("reserved {range}; reserved \"OLD\";"));
        }
        self.line("}");
    }

    fn service(&mut self, taken: &mut HashSet<String>) {
        let name = self.name(taken, &["S", "Service", "rpc"]);
        self.line(format!("service {name} {{"));
        self.statements("service");
        let messages: Vec<_> = self
            .types
            .iter()
            .filter(|it| it.1)
            .map(|it| it.0.clone())
            .collect();
        let mut taken = HashSet::new();
        for _ in 0..self.roll(4) {
            let name = self.name(&mut taken, &["Get", "List", "returns"]);
            let mut side = || {
                let stream = if self.roll(4) == 1 { "stream " } else { "" };
                format!("{stream}.{}", messages[self.roll(messages.len())])
            };
            let (input, output) = (side(), side());
            self.line(format!("rpc {name}({input}) returns ({output}) {{"));
            self.statements("method");
            self.line("}");
        }
        self.line("}");
    }

    fn statements(&mut self, element: &str) {
        for option in self.options(element) {
            self.line(format!("option {option};"));
        }
    }

    fn bracketed(&mut self, element: &str) -> String {
        brackets(&self.options(element))
    }

    /// Options here and there, on every kind of element.
    fn options(&mut self, element: &str) -> Vec<String> {
        let mut options = Vec::new();
        if self.roll(6) == 1 {
            options.push(format!("(.o.{element}) = {}", self.value(0)));
        }
        if self.roll(6) == 1 {
            options.push(format!("(.o.{element}_note) = {}", self.pick(STRINGS)));
        }
        if self.roll(6) == 1 {
            let marks = MARKS.iter().find(|(known, _)| *known == element);
            for _ in 0..=self.roll(3) {
                let value = match marks {
                    Some((_, values)) => self.pick(values).to_owned(),
                    None => self.value(0),
                };
                options.push(format!("(.o.{element}_marks) = {value}"));
            }
        }
        if element != "oneof" && self.roll(8) == 1 {
            options.push("deprecated = true".to_owned());
        }
        options
    }

    /// The text of an `o.Value`.
    fn value(&mut self, depth: usize) -> String {
        let mut text = "{ ".to_owned();
        for (field, values) in VALUES {
            if self.roll(5) == 1 {
                let count = if field.ends_with('s') {
                    1 + self.roll(3)
                } else {
                    1
                };
                for _ in 0..count {
                    let _ = write!(text, "{field}: {} ", self.pick(values));
                }
            }
        }
        let maps = [
            (
                "counts",
                "{ key: 'k\"\\n' value: -9223372036854775808 } counts { key: '' }",
            ),
            ("flags", "{ key: true value: '\\377' }"),
        ];
        for (field, entry) in maps {
            if self.roll(5) == 1 {
                let _ = write!(text, "{field} {entry} ");
            }
        }
        if depth < 2 {
            for field in ["nested", "values", "by_number"] {
                if self.roll(5) == 1 {
                    let value = self.value(depth + 1);
                    let _ = match field {
                        "by_number" => write!(text, "by_number {{ key: -1 value {value} }} "),
                        field => write!(text, "{field} {value} "),
                    };
                }
            }
        }
        text + "}"
    }
}

fn brackets(options: &[String]) -> String {
    match options.is_empty() {
        true => String::new(),
        false => format!(" [{}]", options.join(", ")),
    }
}
