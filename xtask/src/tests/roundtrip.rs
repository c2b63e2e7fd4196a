//! Every file that the compiler accepts is printed as text that compiles back to the same descriptor.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use proptest::prelude::*;
use prost_reflect::DescriptorPool;

use crate::comments::Comments;
use crate::compile::{self, Sources};
use crate::difference::difference;
use crate::printer::{self, names::Names};

static TEMPLATE: LazyLock<String> =
    LazyLock::new(|| std::fs::read_to_string(super::data("roundtrip.txt")).unwrap());
static OPTIONS: LazyLock<String> =
    LazyLock::new(|| std::fs::read_to_string(super::data("options.proto")).unwrap());

fn pool(file: &str) -> anyhow::Result<DescriptorPool> {
    compile::pool(&Sources::from([
        ("o.proto".to_owned(), OPTIONS.clone()),
        ("f.proto".to_owned(), file.to_owned()),
    ]))
}

/// The difference that printing makes, and the printed text.
fn printed(pool: &DescriptorPool) -> (Option<String>, String) {
    let file = pool.get_file_by_name("f.proto").unwrap();
    let text = printer::print(&file, &Names::new(pool), &Comments::default()).unwrap();
    let difference = match self::pool(&text) {
        Ok(printed) => difference(pool, &printed, "f.proto").unwrap(),
        Err(error) => Some(error.to_string()),
    };
    (difference, text)
}

#[test]
fn the_simplest_file_compiles() {
    let source = Expansion::of(&[]);
    let pool = pool(&source).unwrap_or_else(|error| panic!("{error}\n{source}"));
    assert_eq!(printed(&pool).0, None);
}

/// Or the tests here and the check of a refresh prove nothing.
#[test]
fn a_changed_option_is_a_difference() {
    let file = |number| {
        let option = format!("option (.o.message) = {{ numbers: {number} }};");
        let text = format!("syntax = \"proto3\"; import \"o.proto\"; message M {{ {option} }}");
        pool(&text).unwrap()
    };
    let difference = difference(&file("nan"), &file("5"), "f.proto").unwrap();
    let place = "messageType.0.options.[o.message].numbers.0";
    assert_eq!(difference.unwrap(), format!("{place}: \"NaN\" became 5.0"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_printed_file_compiles_back_to_itself(choices in prop::collection::vec(any::<u32>(), 0..500)) {
        let source = Expansion::of(&choices);
        // Names can clash.
        let pool = pool(&source);
        prop_assume!(pool.is_ok(), "{:?}", pool);
        let (difference, text) = printed(&pool.unwrap());
        prop_assert_eq!(difference, None, "{}\n{}", source, text);
    }
}

/// The expansion of `TEMPLATE` by decisions from a list of numbers. When they run out, the first
/// alternative is taken.
struct Expansion<'a> {
    choices: std::slice::Iter<'a, u32>,
    rules: BTreeMap<&'static str, &'static str>,
    names: BTreeMap<&'static str, String>,
}

impl<'a> Expansion<'a> {
    fn of(choices: &'a [u32]) -> String {
        let (rules, template) = TEMPLATE.split_once("== template\n").unwrap();
        let lines = rules.lines().filter(|line| !line.starts_with('#'));
        let rules = lines.filter_map(|line| line.split_once(" ="));
        let mut expansion = Self {
            choices: choices.iter(),
            rules: rules.map(|(name, it)| (name, it.trim_start())).collect(),
            names: BTreeMap::new(),
        };
        expansion.expand(template)
    }

    fn expand(&mut self, text: &'static str) -> String {
        let mut expanded = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('«') {
            let end = split_at_level(after, '»')[0].len();
            expanded += before;
            expanded += &self.choice(&after[..end]);
            rest = &after[end + '»'.len_utf8()..];
        }
        expanded + rest
    }

    fn choice(&mut self, inner: &'static str) -> String {
        if let Some(text) = inner.strip_prefix('@') {
            let name = self.expand(text);
            let rule = self.rules[name.as_str()];
            return self.pick(rule);
        }
        if let Some((name, alternatives)) = inner.split_once(":=") {
            let chosen = self.pick(alternatives);
            self.names.insert(name, chosen.clone());
            return chosen;
        }
        match (self.names.get(inner), self.rules.get(inner)) {
            (Some(chosen), _) => chosen.clone(),
            (None, Some(rule)) => self.pick(rule),
            (None, None) => self.pick(inner),
        }
    }

    fn pick(&mut self, alternatives: &'static str) -> String {
        let alternatives = split_at_level(alternatives, '|');
        let choice = self.choices.next().map_or(0, |choice| *choice as usize);
        self.expand(alternatives[choice % alternatives.len()])
    }
}

/// The parts between the separators that are in no further choice.
fn split_at_level(text: &'static str, separator: char) -> Vec<&'static str> {
    let mut level = 0;
    text.split(|c| {
        let found = c == separator && level == 0;
        match c {
            '«' => level += 1,
            '»' => level -= 1,
            _ => {}
        }
        found
    })
    .collect()
}
