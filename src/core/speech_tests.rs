//! Speaking: on entry, on demand, and on machines that can't.
#![allow(clippy::unwrap_used)]

use crate::app::{Command, Incoming, Page};
use crate::effect::{Effect, VoiceReport};
use crate::entry::Field;
use crate::settings::{self, Language, Rate};
use crate::testing::Bench;

fn reports(bench: &mut Bench, report: VoiceReport) -> &mut Bench {
    bench.gets(Incoming::Voice(report))
}

fn quiet() -> Bench {
    let mut bench = Bench::new();
    bench.does(Command::Settings(settings::Command::SetVoice(false)));
    bench
}

#[test]
fn a_page_says_its_title_and_what_it_is_about_when_it_opens() {
    let mut bench = Bench::new();
    let said = bench.opens(Page::YourData).spoken().unwrap().parts;
    assert_eq!(said[0], bench.title());
    assert!((2..=3).contains(&said.len()), "{said:?}");
    assert_eq!(said[..], bench.view().reading[..said.len()]);
}

#[test]
fn a_page_does_not_read_out_its_buttons_unasked() {
    let mut bench = Bench::new();
    let said = bench.opens(Page::Settings).spoken().unwrap().parts;
    assert_eq!(said, [bench.title()]);
}

#[test]
fn a_page_that_opens_is_silent_where_the_voice_is_off_and_ends_what_was_said() {
    let mut bench = quiet();
    bench.opens(Page::YourData);
    assert_eq!(bench.spoken(), None);
    assert!(bench.effects.contains(&Effect::Hush));
}

#[test]
fn a_refusal_is_spoken_unless_the_voice_is_off() {
    let mut bench = Bench::new();
    bench.opens(Page::Enter(Field::Name)).types(" ");
    assert_eq!(bench.spoken().unwrap().parts, ["还没有写名字。请写上再点。"]);
    let mut bench = quiet();
    bench.opens(Page::Enter(Field::Name)).types(" ");
    assert_eq!(bench.spoken(), None);
}

#[test]
fn the_call_for_help_speaks_even_where_the_voice_is_off() {
    let mut bench = quiet();
    assert!(bench.does(Command::CallHelp).spoken().is_some());
}

#[test]
fn read_to_me_reads_every_part_though_the_voice_is_off() {
    let mut bench = quiet();
    bench.opens(Page::Settings).does(Command::ReadAloud);
    assert_eq!(bench.spoken().unwrap().parts, bench.view().reading);
    assert!(bench.view().bars.reading);
    assert_eq!(bench.view().bars.read, "别读了");
}

#[test]
fn the_mark_follows_the_voice_and_goes_with_it() {
    let mut bench = Bench::new();
    bench.opens(Page::Settings).does(Command::ReadAloud);
    let id = bench.spoken().unwrap().id;
    assert_eq!(bench.view().being_read, None);
    for part in [0, 1, 3] {
        reports(&mut bench, VoiceReport::Began { id, part });
        assert_eq!(bench.view().being_read, Some(part));
    }
    reports(&mut bench, VoiceReport::Ended { id });
    assert_eq!(bench.view().being_read, None);
    assert_eq!(bench.view().bars.read, "读给我听");
}

#[test]
fn a_report_of_an_older_utterance_changes_nothing() {
    let mut bench = Bench::new();
    bench.opens(Page::Settings).does(Command::ReadAloud);
    let old = bench.spoken().unwrap().id;
    bench.opens(Page::Voice).does(Command::ReadAloud);
    let before = bench.view();
    reports(&mut bench, VoiceReport::Began { id: old, part: 2 });
    reports(&mut bench, VoiceReport::NoVoice { id: old });
    reports(&mut bench, VoiceReport::Ended { id: old });
    assert_eq!(bench.view(), before);
}

#[test]
fn a_report_of_a_part_that_is_not_there_marks_nothing() {
    let mut bench = Bench::new();
    bench.opens(Page::Settings).does(Command::ReadAloud);
    let id = bench.spoken().unwrap().id;
    reports(&mut bench, VoiceReport::Began { id, part: usize::MAX });
    assert_eq!(bench.view().being_read, None);
}

#[test]
fn a_second_tap_on_read_to_me_stops() {
    let mut bench = Bench::new();
    bench
        .opens(Page::Settings)
        .does(Command::ReadAloud)
        .does(Command::ReadAloud);
    assert_eq!(bench.effects, [Effect::Hush]);
    assert!(!bench.view().bars.reading);
    assert!(bench.does(Command::ReadAloud).view().bars.reading);
}

#[test]
fn leaving_a_page_ends_its_reading() {
    let mut bench = Bench::new();
    bench.opens(Page::Settings).does(Command::ReadAloud).does(Command::Back);
    assert!(!bench.view().bars.reading);
    assert_eq!(bench.view().being_read, None);
}

#[test]
fn without_a_voice_the_reading_goes_through_the_page_as_captions() {
    let mut bench = quiet();
    bench.opens(Page::Helpers).does(Command::ReadAloud);
    let id = bench.spoken().unwrap().id;
    reports(&mut bench, VoiceReport::NoVoice { id });
    for (part, words) in bench.view().reading.into_iter().enumerate() {
        assert_eq!(bench.view().being_read, Some(part));
        assert_eq!(bench.view().caption.as_deref(), Some(words.as_str()));
        // A tick that comes too early moves nothing on.
        bench.gets(Incoming::Tick);
        assert_eq!(bench.view().being_read, Some(part));
        let wake = bench.core.next_wake().unwrap();
        assert!(
            wake.duration_since(bench.at()).as_secs() >= 2,
            "there is time to read it"
        );
        bench.after(wake.duration_since(bench.at()));
    }
    assert_eq!(bench.view().caption, None);
    assert!(!bench.view().bars.reading);
}

#[test]
fn without_a_voice_only_words_that_stand_nowhere_on_the_page_become_a_caption() {
    let mut bench = Bench::new();
    bench.does(Command::CallHelp).taps("help-call-police");
    let id = bench.spoken().unwrap().id;
    reports(&mut bench, VoiceReport::NoVoice { id });
    assert_eq!(bench.view().caption, None);
    bench.taps("help-stop");
    let id = bench.spoken().unwrap().id;
    reports(&mut bench, VoiceReport::NoVoice { id });
    assert_eq!(bench.view().caption.as_deref(), Some("停下了，没有打。"));
}

#[test]
fn the_sum_of_a_purse_stands_on_its_page_and_becomes_no_caption_that_would_move_the_keys() {
    let mut bench = Bench::new();
    bench.opens(Page::Purse).taps("add-20");
    let id = bench.spoken().unwrap().id;
    reports(&mut bench, VoiceReport::NoVoice { id });
    assert_eq!(bench.view().caption, None);
}

#[test]
fn the_voice_takes_its_language_and_rate_from_the_settings() {
    let mut bench = Bench::new();
    bench.does(Command::Settings(settings::Command::SetRate(Rate::Slow)));
    bench.does(Command::Settings(settings::Command::SetLanguage(Language::English)));
    let said = bench.spoken().unwrap();
    assert_eq!((said.language, said.rate), (Language::English, Rate::Slow));
    assert_eq!(said.parts, ["Good, that is how it is now."]);
}
