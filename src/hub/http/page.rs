//! The hub's pages for people: plain HTML in large type, without scripts, in Chinese and English.
//!
//! Everything that is put into a page goes through `maud`, which escapes it. Colours never stand alone: every state is
//! a word first. The words are here and not in a catalogue, since there are few and only these pages use them.

use super::status::{Document, DocumentState, Key, KeyState, Status};
use anban_wire::CITY_OFFSET;
use axum::http::{HeaderMap, header};
use jiff::Timestamp;
use maud::{DOCTYPE, Markup, html};

/// The language of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    Chinese,
    English,
}

impl Language {
    /// The one that the browser likes best (`Accept-Language`, RFC 9110); Chinese if it names neither.
    pub(super) fn wanted(headers: &HeaderMap) -> Self {
        let wanted = headers
            .get(header::ACCEPT_LANGUAGE)
            .and_then(|value| value.to_str().ok());
        let mut best = (Self::Chinese, 0.0);
        for part in wanted.unwrap_or_default().split(',') {
            let (tag, parameters) = part.split_once(';').unwrap_or((part, ""));
            let weight = parameters.trim().strip_prefix("q=").map_or(Ok(1.0), str::parse::<f32>);
            let language = match tag.trim().split('-').next().unwrap_or_default() {
                tag if tag.eq_ignore_ascii_case("zh") => Self::Chinese,
                tag if tag.eq_ignore_ascii_case("en") => Self::English,
                _ => continue,
            };
            if let Ok(weight) = weight
                && weight > best.1
            {
                best = (language, weight);
            }
        }
        best.0
    }

    /// Its tag (BCP 47).
    pub(super) fn tag(self) -> &'static str {
        match self {
            Self::Chinese => "zh-Hans",
            Self::English => "en",
        }
    }

    fn say(self, chinese: &'static str, english: &'static str) -> &'static str {
        match self {
            Self::Chinese => chinese,
            Self::English => english,
        }
    }

    /// A time on the city's clock.
    fn time(self, at: Timestamp) -> String {
        let form = self.say("%Y年%-m月%-d日 %H:%M", "%-d %B %Y, %H:%M");
        CITY_OFFSET.to_datetime(at).strftime(form).to_string()
    }

    /// What a document is.
    fn kind(self, kind: &str) -> &str {
        match kind {
            "health-status" => self.say("健康码", "health code"),
            "vaccination" => self.say("疫苗接种证明", "vaccination certificate"),
            "test" => self.say("检测证明", "test certificate"),
            "travel-record" => self.say("行程记录", "travel record"),
            "identity-link" => self.say("身份证明", "identity link"),
            "health-card" => self.say("电子健康卡", "electronic health card"),
            "medical-insurance" => self.say("医保码", "medical-insurance code"),
            "check-up" => self.say("体检结果", "check-up result"),
            "appointment" => self.say("预约单", "appointment slip"),
            "delegation" => self.say("授权书", "authorisation"),
            "entry-pass" => self.say("通行证", "entry pass"),
            "card-copy" => self.say("卡片复印件", "copy of a card"),
            "emergency-card" => self.say("急救卡", "emergency card"),
            "entry-form" => self.say("登记表", "entry form"),
            other => other,
        }
    }
}

const STYLE: &str = "
:root { color-scheme: light dark; --ground: #faf6ee; --ink: #1a1a1a; --line: #8a8172; --accent: #174a6e; }
@media (prefers-color-scheme: dark) { :root { --ground: #14130f; --ink: #f5f1e6; --line: #a59d8c; --accent: #9fd0f5; } }
body { margin: 0; background: var(--ground); color: var(--ink); font-size: 1.5rem; line-height: 1.5;
  font-family: 'Noto Sans CJK SC', 'Noto Sans', system-ui, sans-serif; }
main { max-width: 42rem; margin: 0 auto; padding: 1.5rem 1rem; }
h1 { font-size: 2rem; line-height: 1.3; } h2 { font-size: 1.6rem; color: var(--accent); margin-top: 2rem; }
dl { margin: 0; } dt { font-weight: bold; margin-top: .8rem; } dd { margin: 0; overflow-wrap: anywhere; }
ul { padding-left: 1.2em; } .state { font-size: 2.2rem; font-weight: bold; border: .2rem solid var(--line);
  border-radius: 1rem; padding: 1rem; margin: 1rem 0; } code { font-size: 1.2rem; overflow-wrap: anywhere; }
";

fn frame(language: Language, title: &str, content: &Markup) -> String {
    html! {
        (DOCTYPE)
        html lang=(language.tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                style { (maud::PreEscaped(STYLE)) }
            }
            body { main { h1 { (title) } (content) } }
        }
    }
    .into_string()
}

fn fact(name: &str, text: &str) -> Markup {
    html! { dt { (name) } dd { (text) } }
}

/// The page of the whole hub.
pub(super) fn status(status: &Status, language: Language) -> String {
    let say = |chinese, english| language.say(chinese, english);
    let list = &status.trust_list;
    let content = html! {
        dl {
            (fact(say("签发单位", "Issuer"), &status.issuer))
            (fact(say("地区", "Region"), &status.region))
            (fact(say("开始服务", "Running since"), &language.time(status.since)))
        }
        h2 { (say("信任名单", "Trust list")) }
        p { (say("查验证件的手机凭这份名单分辨真假，没有网络也行。",
            "Devices tell real documents from false ones by this list, without a network.")) }
        dl {
            (fact(say("编号", "Number"), &list.sequence.to_string()))
            (fact(say("签发时间", "Issued"), &language.time(list.issued_at)))
            (fact(say("有效期至", "Good until"), &language.time(list.expires_at)))
        }
        h2 { (say("签发用的密钥", "Keys")) }
        ul { @for key in &status.keys { li { (key_line(key, language)) } } }
        h2 { (say("签发的证件", "Documents")) }
        @if status.documents.issued.is_empty() {
            p { (say("还没有签发过。", "None so far.")) }
        } @else {
            dl {
                @for (kind, count) in &status.documents.issued {
                    (fact(language.kind(kind), &count.to_string()))
                }
                (fact(say("现在有效期内", "Not expired now"), &status.documents.current.to_string()))
                (fact(say("已经收回", "Taken back"), &status.documents.revoked.to_string()))
            }
        }
        p { (say("这里没有任何人的资料。", "There is nothing about any person here.")) }
    };
    frame(language, say("服务中心现状", "State of this service"), &content)
}

fn key_line(key: &Key, language: Language) -> Markup {
    let state = match key.state {
        KeyState::Signs => language.say("正在使用", "in use"),
        KeyState::Waits => language.say("即将启用", "about to be used"),
        KeyState::Retired => language.say("不再签发，旧证件仍可查验", "signs no more; its documents still hold"),
        KeyState::Revoked => language.say("已经收回，签过的都作废", "taken back, with all that it signed"),
    };
    html! {
        code { (key.id) } " — " (state)
        @if key.state == KeyState::Waits { ", " (language.time(key.signs_from)) }
    }
}

/// The page of one document.
pub(super) fn document(document: &Document, language: Language) -> String {
    let say = |chinese, english| language.say(chinese, english);
    let (state, meaning) = match document.state {
        DocumentState::Valid => (
            say("✔ 有效", "✔ Valid"),
            say(
                "这份证件是这里签发的，还在有效期内。",
                "It was issued here and has not expired.",
            ),
        ),
        DocumentState::Expired => (
            say("⏱ 已过期", "⏱ Expired"),
            say("这份证件过期了，请重新领一份。", "It has expired: ask for a new one."),
        ),
        DocumentState::Revoked => (
            say("✘ 已收回", "✘ Taken back"),
            say(
                "这份证件作废了，不能再用。",
                "It was taken back and must not be used any more.",
            ),
        ),
        DocumentState::Unknown => (
            say("? 查不到", "? Unknown"),
            say("这里没有签发过这份证件。", "No such document was issued here."),
        ),
    };
    let content = html! {
        p.state { (state) }
        p { (meaning) }
        dl {
            @if let Some(kind) = &document.kind { (fact(say("种类", "Kind"), language.kind(kind))) }
            @if let Some(at) = document.issued_at { (fact(say("签发时间", "Issued"), &language.time(at))) }
            @if let Some(at) = document.expires_at { (fact(say("有效期至", "Good until"), &language.time(at))) }
            dt { (say("编号", "Id")) }
            dd { code { (document.id) } }
        }
    };
    frame(language, say("证件查询", "A document"), &content)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    fn wanted(header: &str) -> Language {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_LANGUAGE, header.parse().unwrap());
        Language::wanted(&headers)
    }

    #[test]
    fn the_language_is_the_one_that_the_browser_likes_best() {
        assert_eq!(wanted("zh-CN,zh;q=0.9,en;q=0.8"), Language::Chinese);
        assert_eq!(wanted("en-GB,en;q=0.9,zh-CN;q=0.5"), Language::English);
        assert_eq!(wanted("zh;q=0.2, EN;q=0.7"), Language::English);
        assert_eq!(wanted("ug, bo;q=0.5"), Language::Chinese);
        assert_eq!(wanted("en;q=rubbish"), Language::Chinese);
        assert_eq!(Language::wanted(&HeaderMap::new()), Language::Chinese);
    }

    #[test]
    fn whatever_a_page_is_given_is_escaped() {
        let evil = "<script>alert('&')</script>";
        let page = document(
            &Document {
                id: evil.to_owned(),
                state: DocumentState::Unknown,
                kind: Some(evil.to_owned()),
                issued_at: None,
                expires_at: None,
            },
            Language::English,
        );
        assert!(!page.contains("<script"), "{page}");
        assert_eq!(page.matches("&lt;script&gt;").count(), 2);
    }

    #[test]
    fn every_kind_has_words_in_both_languages() {
        for kind in anban_wire::documents::DocumentKind::ALL {
            for language in [Language::Chinese, Language::English] {
                assert_ne!(language.kind(kind.as_str()), kind.as_str());
            }
        }
    }
}
