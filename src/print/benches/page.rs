//! How long a page takes: the goal is 15 ms once the fonts are loaded.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

#[path = "../tests/common/mod.rs"]
mod common;

use anban_print::{Format, Press, Sheet};
use criterion::{Criterion, criterion_group, criterion_main};

fn form(format: Format) -> Sheet {
    Sheet {
        format,
        ..common::chinese()
    }
}

fn pages(criterion: &mut Criterion) {
    let mut press = Press::new();
    for (name, sheet) in [
        ("page_chinese", common::chinese()),
        ("page_english", common::english()),
        ("page_card", common::card()),
        ("fold_out", form(Format::FoldOut)),
        ("receipt", form(Format::Receipt)),
    ] {
        let sheet = [sheet];
        criterion.bench_function(name, |bencher| {
            bencher.iter(|| press.pdf(&sheet, common::made_at()).unwrap());
        });
    }
    let sheet = [common::chinese()];
    criterion.bench_function("first_page_with_a_new_press", |bencher| {
        bencher.iter(|| anban_print::pdf(&sheet, common::made_at()).unwrap());
    });
}

criterion_group!(benches, pages);
criterion_main!(benches);
