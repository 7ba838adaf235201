//! `--shard I/N`: which part of a selection this run is.
//!
//! Every machine has to come to the same parts by itself, parts have to take about as long, and a new case should move
//! few others, so that a case stays where it was seen before. Rendezvous hashing alone is stable but not balanced: a part
//! can have all the slow cases. The longest first is balanced but not stable. Here each case has its own order of parts,
//! by a hash of part and id, and goes to the first in which there is room: a part may cost at most a share more than the
//! average. Slow cases choose first. Most cases get their first choice whatever else there is.

use std::collections::BTreeMap;
use std::str::FromStr;

use sockspec_cases::Case;
use sockspec_events::Shard;
use sockspec_report::Report;
use xxhash_rust::xxh3::xxh3_64;

use crate::args::Shards;
use crate::exit::Failure;
use crate::load::Loaded;

/// How much more than the average a part may cost, in percent.
const SLACK: u64 = 5;
/// What a case costs that nobody has measured, in microseconds; and what every case costs at least.
const UNKNOWN: u64 = 500;

/// Part `index` of `of`, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ShardSpec {
    pub(crate) index: u32,
    pub(crate) of: u32,
}

impl FromStr for ShardSpec {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split_once('/').map(|(index, of)| (index.parse(), of.parse()));
        match parts {
            Some((Ok(index), Ok(of))) if 1 <= index && index <= of && of <= 1000 => Ok(Self { index, of }),
            _ => Err("write which part of how many: 3/10".to_owned()),
        }
    }
}

/// Leaves those cases that the command line asks for, and says which part that is.
pub(crate) fn of(args: &Shards, loaded: &Loaded, cases: &mut Vec<Case>) -> Result<Option<Shard>, Failure> {
    let Some(spec) = args.shard else { return Ok(None) };
    let costs = match &args.costs {
        None => loaded.fixtures.costs().map_err(Failure::Usage)?,
        Some(path) => {
            Report::read(path)?.cases.into_iter().map(|case| (case.id, case.microseconds)).collect()
        }
    };
    let ids: Vec<&str> = cases.iter().map(|case| case.id.as_str()).collect();
    let shard = take(spec, &ids, &costs);
    let mut places = shard.places.iter().copied().peekable();
    let mut at = 0;
    cases.retain(|_| {
        let taken = places.next_if_eq(&at).is_some();
        at += 1;
        taken
    });
    Ok(Some(shard))
}

/// What a case costs, in microseconds, rounded so that what was measured twice gives the same parts.
fn rounded(microseconds: u64) -> u64 {
    microseconds.max(UNKNOWN).next_power_of_two()
}

/// The part, from 0, of each id.
fn parts(ids: &[&str], of: u32, costs: &BTreeMap<String, u64>) -> Vec<u32> {
    let cost = |id: &str| rounded(costs.get(id).copied().unwrap_or(UNKNOWN));
    let hash = |part: u32, id: &str| xxh3_64(format!("{part}:{id}").as_bytes());
    let mut order: Vec<usize> = (0..ids.len()).collect();
    order.sort_by_cached_key(|at| (std::cmp::Reverse(cost(ids[*at])), xxh3_64(ids[*at].as_bytes())));
    let total: u64 = ids.iter().map(|id| cost(id)).sum();
    let room = total.div_ceil(u64::from(of));
    let room = room + room * SLACK / 100;
    let mut loads = vec![0; of as usize];
    let mut parts = vec![0; ids.len()];
    for at in order {
        let id = ids[at];
        let mut choices: Vec<u32> = (0..of).collect();
        choices.sort_by_cached_key(|part| std::cmp::Reverse(hash(*part, id)));
        let fits = |part: &&u32| loads[**part as usize] + cost(id) <= room;
        // One case that costs more than a part has room for goes where there is least.
        let least = || choices.iter().min_by_key(|part| loads[**part as usize]);
        let part = choices.iter().find(fits).or_else(least).copied().unwrap_or_default();
        loads[part as usize] += cost(id);
        parts[at] = part;
    }
    parts
}

/// The part of a selection, and which of the ids are in it.
pub(crate) fn take(spec: ShardSpec, ids: &[&str], costs: &BTreeMap<String, u64>) -> Shard {
    let parts = parts(ids, spec.of, costs);
    let places = (0..ids.len()).filter(|at| parts[*at] == spec.index - 1).collect();
    // Costs are part of it: two runs that were given others share nothing.
    let split: Vec<String> = ids.iter().zip(&parts).map(|(id, part)| format!("{part} {id}\n")).collect();
    let selection = format!("{:016x}", xxh3_64(split.concat().as_bytes()));
    Shard { index: spec.index, of: spec.of, selected: ids.len(), selection, places }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn ids(count: usize) -> Vec<String> {
        (0..count).map(|number| format!("section-{}/case-{number}", number % 40)).collect()
    }

    /// A few are slow, as in the suite that ships: waits and names that no server answers.
    fn costs(ids: &[String]) -> BTreeMap<String, u64> {
        let cost = |at: usize| if at.is_multiple_of(97) { 120_000 } else { 300 + (at as u64 * 7919) % 900 };
        ids.iter().enumerate().map(|(at, id)| (id.clone(), cost(at))).collect()
    }

    fn split(ids: &[String], of: u32, costs: &BTreeMap<String, u64>) -> Vec<u32> {
        parts(&ids.iter().map(String::as_str).collect::<Vec<_>>(), of, costs)
    }

    #[rstest]
    #[case(1)]
    #[case(2)]
    #[case(10)]
    #[case(64)]
    fn parts_cost_about_the_same(#[case] of: u32) {
        let ids = ids(2500);
        let costs = costs(&ids);
        let mut loads = vec![0; of as usize];
        for (id, part) in ids.iter().zip(split(&ids, of, &costs)) {
            loads[part as usize] += rounded(costs[id]);
        }
        let (most, all) = (*loads.iter().max().unwrap(), loads.iter().sum::<u64>());
        // The slowest single case is more than a share where there are many parts.
        let bound = (all / u64::from(of)) * (100 + SLACK) / 100 + rounded(120_000);
        assert!(most <= bound, "{most} of {all} in {of}");
    }

    #[test]
    fn every_case_is_in_just_one_part() {
        let ids = ids(500);
        let names: Vec<&str> = ids.iter().map(String::as_str).collect();
        let costs = costs(&ids);
        let mut places: Vec<usize> =
            (1..=10).flat_map(|index| take(ShardSpec { index, of: 10 }, &names, &costs).places).collect();
        places.sort_unstable();
        assert_eq!(places, (0..500).collect::<Vec<_>>());
    }

    #[test]
    fn new_cases_move_few_others() {
        let ids = ids(2500);
        let costs = costs(&ids);
        let before = split(&ids, 10, &costs);
        let mut more = ids.clone();
        more.extend((0..25).map(|number| format!("section-new/case-{number}")));
        let after = split(&more, 10, &costs);
        let moved = before.iter().zip(&after).filter(|(before, after)| before != after).count();
        assert!(moved * 100 < 5 * ids.len(), "{moved} of {} moved for 1 % of new cases", ids.len());
    }

    #[rstest]
    #[case("3/10", Some((3, 10)))]
    #[case("1/1", Some((1, 1)))]
    #[case("0/10", None)]
    #[case("11/10", None)]
    #[case("1/0", None)]
    #[case("1/1001", None)]
    #[case("3", None)]
    #[case("a/b", None)]
    fn specs(#[case] text: &str, #[case] spec: Option<(u32, u32)>) {
        let read = text.parse::<ShardSpec>().ok().map(|spec| (spec.index, spec.of));
        assert_eq!(read, spec);
    }
}
