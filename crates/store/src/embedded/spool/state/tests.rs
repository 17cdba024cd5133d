//! The compact state against the plain one: a map from recipient to what is known of it.

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

#[derive(Debug, Clone)]
enum Step {
    Done(Vec<u16>),
    Deferred(Vec<u16>, Delay),
    /// Written and read back, as by a copy.
    Copied,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => vec(0..12_u16, 0..4).prop_map(Step::Done),
        3 => (vec(0..12_u16, 0..6), any::<(u16, u64, bool)>()).prop_map(|(numbers, delay)| Step::Deferred(numbers, delay)),
        1 => Just(Step::Copied),
    ]
}

fn plain(state: &State) -> BTreeMap<u16, Delay> {
    let recipients = state.recipients().into_iter();
    recipients.map(|r| (r.number, (r.attempts, r.next, r.delay_notified))).collect()
}

proptest! {
    #[test]
    fn it_knows_what_a_plain_map_knows(count in 1..12_u16, steps in vec(step(), 0..30)) {
        let mut state = State::Fresh(count);
        let mut model: BTreeMap<u16, Delay> = (0..count).map(|number| (number, (0, 0, false))).collect();
        for step in steps {
            match step {
                Step::Done(numbers) => {
                    state.done(&numbers);
                    model.retain(|number, _| !numbers.contains(number));
                }
                Step::Deferred(numbers, delay) => {
                    state.deferred(&numbers, delay);
                    model.iter_mut().filter(|(number, _)| numbers.contains(number)).for_each(|(_, known)| *known = delay);
                }
                Step::Copied => {
                    let mut octets = Vec::new();
                    state.write(true, &mut octets);
                    let (read, held) = State::read(&octets).expect("it was just written");
                    prop_assert!(held);
                    state = read;
                }
            }
            prop_assert_eq!(plain(&state), model.clone());
            prop_assert_eq!(state.is_finished(), model.is_empty());
            let one_left = matches!(state, State::Fresh(1) | State::One(_));
            prop_assert_eq!(one_left, model.len() == 1, "the small form is used");
        }
    }
}

#[test]
fn it_is_small() {
    assert!(size_of::<State>() <= 16, "{} octets", size_of::<State>());
}
