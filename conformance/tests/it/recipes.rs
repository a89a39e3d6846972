//! The recipes for CI systems: whole as files, and naming only what there is.

use clap::Parser as _;
use conformance::cli::Cli;
use std::path::Path;
use yaml_rust2::{Yaml, YamlLoader};

fn read(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

fn yaml(name: &str) -> Yaml {
    let mut documents = YamlLoader::load_from_str(&read(name)).unwrap_or_else(|e| panic!("{name}: {e}"));
    assert_eq!(documents.len(), 1, "{name}");
    documents.remove(0)
}

fn texts(list: &Yaml) -> Vec<String> {
    list.as_vec().unwrap().iter().filter_map(|item| item.as_str().map(str::to_owned)).collect()
}

/// The shell commands of each recipe.
fn commands() -> Vec<(&'static str, Vec<String>)> {
    let github = yaml("ci/github-actions.yml");
    assert!(github["on"]["push"]["branches"].is_array());
    let job = &github["jobs"]["conformance"];
    let steps = job["steps"].as_vec().unwrap();
    for step in steps {
        assert!(step["uses"].is_badvalue() != step["run"].is_badvalue(), "a step does one thing: {step:?}");
    }
    let runs = steps.iter().filter_map(|step| step["run"].as_str().map(str::to_owned)).collect();

    let gitlab = yaml("ci/gitlab-ci.yml");
    let job = &gitlab["conformance"];
    let script = [texts(&job["before_script"]), texts(&job["script"])].concat();
    assert_eq!(job["artifacts"]["reports"]["junit"].as_str(), Some("conformance-report/junit.xml"));

    let jenkins = read("ci/Jenkinsfile");
    let shell =
        jenkins.lines().map(str::trim).filter_map(|line| line.strip_prefix("sh '")?.strip_suffix('\''));
    vec![("github", runs), ("gitlab", script), ("jenkins", shell.map(str::to_owned).collect())]
}

#[test]
fn every_command_of_a_recipe_is_one_that_the_kit_has() {
    for (name, commands) in commands() {
        let mut known = 0;
        for command in &commands {
            let words: Vec<_> = command.split_whitespace().collect();
            if words[0].rsplit('/').next() == Some("conformance") {
                Cli::try_parse_from(words).unwrap_or_else(|e| panic!("{name}: {command}: {e}"));
                known += 1;
            }
        }
        assert_eq!(known, 2, "{name} examines, after it was seen that it can: {commands:?}");
        let installs: Vec<_> = commands.iter().filter(|command| command.contains("pip install")).collect();
        // No registry has the kit: a name there would be anybody's.
        assert!(
            installs.len() == 1 && installs[0].ends_with("pip install tools/hubspot_conformance-*.whl"),
            "{name}: {installs:?}"
        );
    }
}

#[test]
fn the_wheel_of_the_recipes_is_the_one_that_is_built() {
    let project: toml::Value = toml::from_str(&read("pyproject.toml")).unwrap();
    let name = project["project"]["name"].as_str().unwrap().replace('-', "_");
    let wheel = format!("/{name}-*.whl");
    for reader in ["ci/github-actions.yml", "ci/gitlab-ci.yml", "ci/Jenkinsfile", "PARTNERS.md", "WHEEL.md"] {
        assert!(read(reader).contains(&wheel), "{reader} does not name {wheel}");
    }
}

#[test]
fn the_braces_and_quotes_of_the_jenkinsfile_are_in_balance() {
    let mut open = Vec::new();
    for (number, line) in (1..).zip(read("ci/Jenkinsfile").lines()) {
        let mut quoted = false;
        let code = line.split("// ").next().unwrap();
        for c in code.chars() {
            match c {
                '\'' => quoted = !quoted,
                _ if quoted => {}
                '{' | '(' | '[' => open.push(c),
                '}' => assert_eq!(open.pop(), Some('{'), "line {number}"),
                ')' => assert_eq!(open.pop(), Some('('), "line {number}"),
                ']' => assert_eq!(open.pop(), Some('['), "line {number}"),
                _ => {}
            }
        }
        assert!(!quoted, "line {number} ends within a quotation: {line}");
    }
    assert!(open.is_empty(), "{open:?} is never closed");
}
