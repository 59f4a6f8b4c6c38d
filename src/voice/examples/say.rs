//! Lets you listen to Anban's voice.
//!
//! `cargo run -p anban-voice --example say` reads lines from standard input and says each one;
//! a line with Han characters is said in Mandarin, any other in English. A new line ends the
//! old one. `a | b` are two parts. Some lines are orders:
//!
//! * an empty line hushes,
//! * `!done`, `!refused`, `!tick`, `!siren`, `!nosiren` play the sounds,
//! * `!rate 0.7` and `!volume 0.5` set how the next lines are said,
//! * `!wait 1.5` waits that many seconds before the next line is read,
//! * `!leave` ends the program at once.
//!
//! What happens is printed, one report a line. The end of the input ends the program when
//! everything has been said. `RUST_LOG=anban_voice=debug` shows who speaks.

use std::io::{self, BufRead};
use std::sync::mpsc::channel;
use std::time::Duration;

use anban_voice::{Language, Manner, Report, Sound, Utterance, Voice};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .with_writer(io::stderr)
        .init();
    let (finals, ended) = channel();
    let voice = Voice::start(move |report| {
        println!("{report:?}");
        if let Report::Ended { id } | Report::NoVoice { id } | Report::Interrupted { id } = report {
            // The program may be ending already.
            let _ = finals.send(id);
        }
    })?;
    let (mut rate, mut volume, mut id) = (Manner::RATES[1], 1.0, 0);
    for line in io::stdin().lock().lines() {
        let line = line?;
        let mut words = line.split_whitespace();
        let (order, number) = (words.next(), words.next().and_then(|n| n.parse().ok()));
        match (order, number) {
            (None, _) => voice.hush(),
            (Some("!done"), _) => voice.play(Sound::Done, volume),
            (Some("!refused"), _) => voice.play(Sound::Refused, volume),
            (Some("!tick"), _) => voice.play(Sound::Tick, volume),
            (Some("!good"), _) => voice.play(Sound::StateGood, volume),
            (Some("!caution"), _) => voice.play(Sound::StateCaution, volume),
            (Some("!bad"), _) => voice.play(Sound::StateBad, volume),
            (Some("!siren"), _) => voice.play(Sound::Siren, volume),
            (Some("!nosiren"), _) => voice.stop_siren(),
            (Some("!leave"), _) => return Ok(()),
            (Some("!rate"), Some(number)) => rate = number,
            (Some("!volume"), Some(number)) => volume = number,
            (Some("!wait"), Some(number)) => {
                std::thread::sleep(Duration::try_from_secs_f32(number)?);
            }
            _ => {
                id += 1;
                let language = if line.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)) {
                    Language::Mandarin
                } else {
                    Language::English
                };
                voice.speak(Utterance {
                    id,
                    parts: line.split('|').map(str::to_owned).collect(),
                    manner: Manner { language, rate, volume },
                });
            }
        }
    }
    while id > 0 && ended.recv()? != id {}
    Ok(())
}
