//! An engine, with what `bootgate fuzz kernel` is told of its kernel and its module.

use std::path::{Path, PathBuf};

use bootgate::campaign::{CampaignConfig, Engine, module_name};
use bootgate::codes;
use bootgate::finding::Finding;

use super::helped;
use crate::environment;

/// What a kernel runs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Runs {
    Uml,
    Qemu,
}

/// An engine with the kernel in a folder, the module for it, and the name that the kernel has for that.
pub(super) fn engine(
    runs: Runs,
    folder: Option<&Path>,
    config: &CampaignConfig,
) -> Result<(Engine, PathBuf, String), Vec<Finding>> {
    let (option, kind) = match runs {
        Runs::Uml => ("--kernel", "uml"),
        Runs::Qemu => ("--x86", "x86"),
    };
    let help = format!("build one: `fuzz/kernel/build.sh {kind}` says where it is");
    let mut problems = Vec::new();
    let engine = match folder {
        None => {
            let message = format!("nothing says where the kernel is: `{option} DIR`");
            problems.push(helped(codes::USAGE, message, &help));
            None
        }
        Some(folder) => {
            let made = if runs == Runs::Uml { Engine::uml(folder) } else { Engine::qemu(folder) };
            let told =
                |error| format!("there is no kernel in `{}` that can be used: {error}", folder.display());
            made.map_err(|error| problems.push(helped(codes::FILE_MISSING, told(error), &help))).ok()
        }
    };
    let module = match runs {
        Runs::Uml => Some(&config.module),
        Runs::Qemu => config.x86.as_ref(),
    };
    let Some(module) = module else {
        let message = "the configuration has no module for the kernel of `--x86`".to_owned();
        problems.push(helped(codes::CONFIG_INVALID, message, "say which it is: `[x86]` with `file`"));
        return Err(problems);
    };
    let name = module_name(&module.value).unwrap_or_default();
    let wrong = match module.value.is_file() {
        true if !name.is_empty() => None,
        true => {
            let message =
                format!("`{}` is no kernel module: it does not say its name", module.value.display());
            Some(environment(codes::NOT_A_BINARY, message))
        }
        false => {
            let arch = if runs == Runs::Uml { "um" } else { "x86_64" };
            let message = format!("there is no module `{}`", module.value.display());
            let help = format!(
                "build it for the kernel that it is fuzzed in: `make -C KERNEL/build M=$PWD ARCH={arch} modules`"
            );
            Some(helped(codes::FILE_MISSING, message, &help))
        }
    };
    problems.extend(wrong.map(|mut finding| {
        finding.labels.push(module.label(""));
        finding
    }));
    match engine.filter(|_| problems.is_empty()) {
        Some(engine) => Ok((engine, module.value.clone(), name)),
        None => Err(problems),
    }
}
