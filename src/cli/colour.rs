//! Whether there is colour: `--color`, then `NO_COLOR` and `CLICOLOR_FORCE`, then whether somebody looks at a terminal.

use std::ffi::OsString;
use std::io;

use anstream::AutoStream;
use anstream::stream::RawStream;
use anstyle::{AnsiColor, Style};
use clap::{Args, ColorChoice};

use crate::report::Colour;

/// The flag of every subcommand.
#[derive(Debug, Args)]
pub(super) struct Colouring {
    /// Colour for people: auto, always or never [default: on terminals; NO_COLOR and CLICOLOR_FORCE are heeded]
    #[arg(
        long = "color",
        global = true,
        help_heading = "Everywhere",
        value_name = "WHEN",
        default_value = "auto",
        hide_default_value = true,
        hide_possible_values = true
    )]
    when: ColorChoice,
}

impl Colouring {
    /// From now on, for all that is printed.
    pub(super) fn heed(&self) {
        set(self.when);
    }
}

/// Heeds the flag before anything is parsed, so that help and errors about usage keep to it too.
pub(super) fn heed_early(args: impl Iterator<Item = OsString>) {
    let mut args = args.take_while(|arg| arg != "--");
    while let Some(arg) = args.next() {
        let value = match arg.to_str() {
            Some("--color") => args.next().and_then(|value| value.into_string().ok()),
            Some(arg) => arg.strip_prefix("--color=").map(str::to_owned),
            None => None,
        };
        if let Some(when) = value.and_then(|value| value.parse().ok()) {
            set(when);
        }
    }
}

fn set(when: ColorChoice) {
    match when {
        ColorChoice::Auto => anstream::ColorChoice::Auto,
        ColorChoice::Always => anstream::ColorChoice::Always,
        ColorChoice::Never => anstream::ColorChoice::Never,
    }
    .write_global();
}

/// Whether standard output has colour.
pub(super) fn output() -> Colour {
    of(&io::stdout())
}

/// Whether standard error has.
pub(super) fn errors() -> Colour {
    of(&io::stderr())
}

/// What people read on standard error: who speaks, in red where it is the end of the run.
pub(super) fn name(ends: bool) -> String {
    let ansi = if ends { AnsiColor::Red } else { AnsiColor::Yellow };
    errors().paint(Style::new().fg_color(Some(ansi.into())).bold(), "acw:")
}

fn of<S: RawStream>(stream: &S) -> Colour {
    match AutoStream::choice(stream) {
        anstream::ColorChoice::Never => Colour::Off,
        _ => Colour::On,
    }
}
