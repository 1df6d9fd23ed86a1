//! What a dump of the corpus promises.

#[cfg(test)]
#[path = "dump/nodes.rs"]
mod nodes;

use bootgate::dump::Options;
use nodes::{FILES, Schema, below, corpus, cut, parts, range};

#[test]
fn every_valid_file_is_dumped_without_a_finding() {
    for file in FILES {
        let schema = Schema::of(file);
        let files = corpus("valid", file);
        assert!(files.len() >= 10, "{file}: only {} files", files.len());
        for (path, bytes) in files {
            let (root, dumped) = schema.json(&bytes, &Options::default());
            assert!(dumped.findings.is_empty(), "{}: {:?}", path.display(), dumped.findings);
            let mut all = Vec::new();
            below(&root, "", &mut all);
            assert!(all.len() > 20, "{}: {} nodes", path.display(), all.len());
            let unknown = all.iter().find(|(_, node)| node["kind"] == "unknown");
            assert!(unknown.is_none(), "{}: {unknown:?}", path.display());
        }
    }
}

#[test]
fn every_part_lies_within_its_whole_unless_it_is_an_instance_and_parts_follow_each_other() {
    for file in FILES {
        let schema = Schema::of(file);
        for (path, bytes) in corpus("valid", file) {
            let (root, _) = schema.json(&bytes, &Options::default());
            let mut all = Vec::new();
            below(&root, "", &mut all);
            all.push((String::new(), &root));
            for (name, node) in all {
                let Some((start, end)) = range(node) else { continue };
                assert!(start <= end && end <= bytes.len() as u64, "{}: {name}", path.display());
                let mut at = start;
                for part in parts(node).iter().filter(|part| !schema.is_instance(node, &part["id"])) {
                    let Some(range) = range(part) else { continue };
                    assert_eq!(range.0, at, "{}: {} in {name}", path.display(), part["id"]);
                    assert!(range.1 <= end, "{}: {} in {name}", path.display(), part["id"]);
                    at = range.1;
                }
            }
        }
    }
}

#[test]
fn the_path_of_every_node_gives_exactly_that_node() {
    for file in FILES {
        let schema = Schema::of(file);
        for (place, bytes) in corpus("valid", file) {
            let (root, _) = schema.json(&bytes, &Options::default());
            let mut all = Vec::new();
            below(&root, "", &mut all);
            // Of a large file some from everywhere: each is a walk of its own.
            let step = all.len() / 500 + 1;
            for (name, node) in all.iter().step_by(step) {
                let options = Options { path: Some(schema.path(name)), ..Options::default() };
                let (found, dumped) = schema.json(&bytes, &options);
                assert_eq!(found, **node, "{}: {name}", place.display());
                assert!(dumped.findings.is_empty(), "{}: {name}", place.display());
                assert_eq!(dumped.missing.is_some(), node["kind"] == "absent", "{}: {name}", place.display());
            }
        }
    }
}

#[test]
fn every_depth_gives_the_tree_cut_at_that_level() {
    for file in FILES {
        let schema = Schema::of(file);
        for (place, bytes) in corpus("valid", file) {
            let (root, _) = schema.json(&bytes, &Options::default());
            for depth in 0..10 {
                let (found, _) = schema.json(&bytes, &Options { depth: Some(depth), ..Options::default() });
                assert_eq!(found, cut(&root, depth), "{}: {depth}", place.display());
            }
        }
    }
}

#[test]
fn text_has_a_line_for_every_node() {
    for file in FILES {
        let schema = Schema::of(file);
        for (place, bytes) in corpus("valid", file) {
            let (root, _) = schema.json(&bytes, &Options::default());
            let mut all = Vec::new();
            below(&root, "", &mut all);
            let (text, _) = schema.text(&bytes, &Options::default());
            assert_eq!(text.lines().count(), all.len() + 1, "{}", place.display());
        }
    }
}

#[test]
fn every_refused_and_every_cut_file_is_dumped_as_far_as_it_goes() {
    for file in FILES {
        let schema = Schema::of(file);
        for (place, bytes) in corpus("invalid", file) {
            let (root, dumped) = schema.json(&bytes, &Options::default());
            let mut all = Vec::new();
            below(&root, "", &mut all);
            let unknown = all.iter().filter(|(_, node)| node["kind"] == "unknown").count();
            assert!(unknown == 0 || !dumped.findings.is_empty(), "{}", place.display());
            assert!(dumped.findings.iter().all(|f| !f.places.is_empty()), "{}", place.display());
        }
        let whole =
            corpus("valid", file).into_iter().find(|(path, _)| path.to_string_lossy().contains("all-kinds"));
        let (_, whole) = whole.unwrap();
        for end in 0..whole.len() {
            let (root, dumped) = schema.json(&whole[..end], &Options::default());
            assert_eq!(root["kind"], "object", "{file} cut at {end}");
            assert!(!dumped.findings.is_empty(), "{file} cut at {end}");
        }
    }
}
