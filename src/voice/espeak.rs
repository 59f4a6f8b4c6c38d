//! Speaks through the system's `espeak-ng` program, where no speech service does.
//!
//! The program runs once for each piece of text and writes the sound to a pipe. It goes to our
//! own output, so that it can be stopped within milliseconds and its true end is known. The text
//! goes in through a pipe as well: command lines are visible to everyone on the machine.
//!
//! The program is killed when its piece is no longer wanted and when the director's patience
//! ends, which also ends every wait in here.

use std::io::{self, Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use crate::Manner;
use crate::choice::{self, Version};
use crate::director::{Message, Ticket};
use crate::player::Clip;

const PROGRAM: &str = "espeak-ng";

/// espeak-ng's own normal speed, in words a minute.
const NORMAL_WORDS: f32 = 175.0;

/// The most bytes taken from the program: two minutes of sound, far more than a piece.
const LARGEST_OUTPUT: u64 = 6_000_000;

/// Why the program gave no speech.
#[derive(Debug, thiserror::Error)]
pub(crate) enum EspeakError {
    #[error("espeak-ng is not installed; install the package espeak-ng")]
    NotInstalled,
    #[error("espeak-ng could not be run: {0}")]
    Io(#[from] io::Error),
    #[error("espeak-ng wrote something that is not sound; install the package again")]
    NotSound,
    #[error("no longer wanted")]
    Stopped,
}

struct Job {
    ticket: Ticket,
    text: String,
    manner: Manner,
}

/// A handle to the program's thread; its methods never wait. The thread ends when it is dropped.
pub(crate) struct Espeak {
    jobs: Sender<Job>,
    running: Arc<Mutex<Running>>,
}

/// What runs at the moment, so that it can be killed from outside.
#[derive(Default)]
struct Running {
    child: Option<Child>,
    /// Jobs up to this ticket are no longer wanted.
    stopped: Ticket,
}

impl Espeak {
    pub(crate) fn start(results: Sender<Message>) -> io::Result<Self> {
        let (jobs, inbox) = channel();
        let running = Arc::new(Mutex::new(Running::default()));
        let worker = Worker {
            running: Arc::clone(&running),
            version: None,
        };
        thread::Builder::new()
            .name("anban-espeak".into())
            .spawn(move || worker.run(&inbox, &results))?;
        Ok(Self { jobs, running })
    }

    /// Makes speech of `text`; a [`Message::Espeak`] brings it.
    pub(crate) fn synthesise(&self, ticket: Ticket, text: String, manner: Manner) {
        // Without its thread there is no answer: the director's deadline notices.
        let _ = self.jobs.send(Job { ticket, text, manner });
    }

    /// Drops all work up to `ticket` and kills the program that is at it.
    pub(crate) fn stop(&self, ticket: Ticket) {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        running.stopped = running.stopped.max(ticket);
        if let Some(child) = &mut running.child {
            // It may have ended by itself; the worker reaps it.
            let _ = child.kill();
        }
    }
}

struct Worker {
    running: Arc<Mutex<Running>>,
    /// Asked for once; the outer option is empty until it was.
    version: Option<Option<Version>>,
}

impl Worker {
    fn run(mut self, inbox: &Receiver<Job>, results: &Sender<Message>) {
        for job in inbox {
            let ticket = job.ticket;
            let clip = self.speech(&job);
            if results.send(Message::Espeak(ticket, clip)).is_err() {
                return;
            }
        }
    }

    fn speech(&mut self, job: &Job) -> Result<Clip, EspeakError> {
        let version = match self.version {
            Some(version) => version,
            None => {
                let printed = self.output(job.ticket, &["--version"], "")?;
                let version = choice::version(&String::from_utf8_lossy(&printed));
                tracing::debug!(?version, "espeak-ng found");
                *self.version.insert(version)
            }
        };
        let voice = choice::espeak_voice(job.manner.language, version);
        let words = (NORMAL_WORDS * job.manner.rate).round().to_string();
        let arguments = ["-v", voice, "-s", &words, "-b", "1", "--stdin", "--stdout"];
        read_wav(&self.output(job.ticket, &arguments, &job.text)?)
    }

    /// What the program prints when run with `arguments` and given `input`.
    fn output(&self, ticket: Ticket, arguments: &[&str], input: &str) -> Result<Vec<u8>, EspeakError> {
        let (to, from) = {
            // Held while it starts, so that `stop` cannot slip in between.
            let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
            if ticket <= running.stopped {
                return Err(EspeakError::Stopped);
            }
            let mut child = spawn(arguments)?;
            let pipes = (child.stdin.take(), child.stdout.take());
            running.child = Some(child);
            pipes
        };
        let mut output = Vec::new();
        let read = (|| {
            if let Some(mut to) = to {
                // A piece is a few hundred bytes: a pipe takes it without waiting.
                to.write_all(input.as_bytes())?;
            }
            match from {
                Some(from) => from.take(LARGEST_OUTPUT).read_to_end(&mut output),
                None => Ok(0),
            }
        })();
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(mut child) = running.child.take() {
            // It has closed its output, or written too much: either way it is done.
            let _ = child.kill();
            child.wait()?;
        }
        if ticket <= running.stopped {
            return Err(EspeakError::Stopped);
        }
        read?;
        Ok(output)
    }
}

fn spawn(arguments: &[&str]) -> Result<Child, EspeakError> {
    Command::new(PROGRAM)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => EspeakError::NotInstalled,
            _ => EspeakError::Io(error),
        })
}

/// The samples of a WAV stream. Its header says how long it *may* become, as the program wrote
/// it before it knew: what is missing at the end is no error.
fn read_wav(bytes: &[u8]) -> Result<Clip, EspeakError> {
    let mut wav = hound::WavReader::new(bytes).map_err(|_| EspeakError::NotSound)?;
    let spec = wav.spec();
    let expected = spec.channels == 1
        && spec.bits_per_sample == 16
        && spec.sample_format == hound::SampleFormat::Int
        && (8_000..=192_000).contains(&spec.sample_rate);
    if !expected {
        return Err(EspeakError::NotSound);
    }
    let samples: Vec<f32> = wav
        .samples::<i16>()
        .map_while(Result::ok)
        .map(|sample| f32::from(sample) / 32_768.0)
        .collect();
    if samples.is_empty() {
        return Err(EspeakError::NotSound);
    }
    Ok(Clip::Speech(samples.into(), spec.sample_rate))
}

/// The version of espeak-ng on the system, if it is there.
pub(crate) fn installed_version() -> Option<Version> {
    let output = Command::new(PROGRAM).arg("--version").stdin(Stdio::null()).output();
    choice::version(&String::from_utf8_lossy(&output.ok()?.stdout))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use crate::Language;
    use std::time::{Duration, Instant};

    const PATIENCE: Duration = Duration::from_secs(10);

    fn espeak() -> (Espeak, Receiver<Message>) {
        let (results, inbox) = channel();
        (Espeak::start(results).unwrap(), inbox)
    }

    fn spoken(text: &str, language: Language, rate: f32) -> Result<(Vec<f32>, u32), EspeakError> {
        let (espeak, inbox) = espeak();
        let manner = Manner {
            rate,
            ..Manner::new(language)
        };
        espeak.synthesise(Ticket(1), text.into(), manner);
        match inbox.recv_timeout(PATIENCE).unwrap() {
            Message::Espeak(_, Ok(Clip::Speech(samples, rate))) => Ok((samples.to_vec(), rate)),
            Message::Espeak(_, Err(error)) => Err(error),
            _ => panic!("not an answer"),
        }
    }

    fn seconds(text: &str, language: Language, rate: f32) -> f32 {
        let (samples, per_second) =
            spoken(text, language, rate).expect("the package espeak-ng is missing, or it gave no sound");
        samples.len() as f32 / per_second as f32
    }

    /// What `voice` would say, in espeak-ng's phonemes.
    fn phonemes(voice: &str, text: &str) -> String {
        let output = Command::new(PROGRAM)
            .args(["-v", voice, "-q", "-x", text])
            .output()
            .expect("the package espeak-ng is missing");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    #[test]
    fn the_chosen_mandarin_voice_really_speaks_mandarin() {
        let voice = choice::espeak_voice(Language::Mandarin, installed_version());
        let said = phonemes(voice, "您好");
        // nín hǎo: second tone, then third; espeak writes tones as contours.
        let nin = said.find("n'i35n").expect(&said);
        let hao = said.find("X'Au214").expect(&said);
        assert!(nin < hao, "{said}");
        // A switch to English is the sign of tone numbers being read out.
        assert!(!said.contains("(en)"), "{said}");
    }

    #[test]
    fn han_text_takes_a_syllable_for_each_character() {
        // Ten characters: about 2.5 s. A voice that also reads tone numbers takes over 5 s.
        let length = seconds("请把您的健康码给他看", Language::Mandarin, 1.0);
        assert!((1.5..4.0).contains(&length), "{length} s");
    }

    #[test]
    fn english_is_spoken_and_slower_takes_longer() {
        let text = "Your health code is ready";
        let (slow, normal) = (
            seconds(text, Language::English, 0.7),
            seconds(text, Language::English, 1.0),
        );
        assert!((0.8..3.5).contains(&normal), "{normal} s");
        assert!(slow > 1.2 * normal, "{slow} s against {normal} s");
    }

    #[test]
    fn a_stopped_piece_is_not_spoken_and_the_next_one_is() {
        let (espeak, inbox) = espeak();
        let manner = Manner::new(Language::English);
        espeak.synthesise(Ticket(1), "one ".repeat(20_000), manner);
        thread::sleep(Duration::from_millis(100));
        let asked = Instant::now();
        espeak.stop(Ticket(1));
        espeak.synthesise(Ticket(2), "two".into(), manner);
        let mut answers = std::iter::from_fn(|| inbox.recv_timeout(PATIENCE).ok());
        let first = answers.next();
        assert!(
            matches!(first, Some(Message::Espeak(Ticket(1), Err(EspeakError::Stopped)))),
            "the package espeak-ng is missing, or the first piece was not stopped"
        );
        assert!(matches!(answers.next(), Some(Message::Espeak(Ticket(2), Ok(_)))));
        assert!(asked.elapsed() < Duration::from_secs(2));
    }

    #[test]
    fn rubbish_instead_of_sound_is_refused() {
        let mut stereo = Vec::new();
        let spec = hound::WavSpec {
            channels: 2,
            sample_rate: 22_050,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let writer = hound::WavWriter::new(io::Cursor::new(&mut stereo), spec).unwrap();
        writer.finalize().unwrap();
        for rubbish in [&b""[..], b"RIFF", b"<html>", &stereo] {
            assert!(matches!(read_wav(rubbish), Err(EspeakError::NotSound)));
        }
    }
}
