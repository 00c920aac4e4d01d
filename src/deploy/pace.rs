//! How often AWS lets the resources of each service be made, changed and deleted.
//!
//! Asking more often is answered with a fault that has to be waited out, and takes the rate from everybody else in the account.

use std::collections::HashMap;
use std::sync::Mutex;

use tokio::time::Instant;

use super::plan::Action;
use super::wait::Pace;

/// Calls a second, by what the resource type begins with; the first that fits counts.
/// Sources: "Lambda quotas", "Amazon API Gateway quotas" (resource and account management), "Step Functions service quotas",
/// "EventBridge quotas", "Amazon SNS quotas", "DynamoDB quotas" (control plane).
const RATES: [(&str, Option<Action>, f64); 10] = [
    ("AWS::ApiGateway::Deployment", None, 0.2),
    ("AWS::ApiGateway::RestApi", Some(Action::Delete), 1.0 / 30.0),
    ("AWS::ApiGateway::RestApi", None, 1.0 / 3.0),
    ("AWS::ApiGateway::Resource", None, 5.0),
    ("AWS::ApiGateway::", None, 10.0),
    ("AWS::ApiGatewayV2::", None, 10.0),
    ("AWS::Lambda::", None, 15.0),
    ("AWS::StepFunctions::", None, 5.0),
    ("AWS::SNS::", None, 30.0),
    ("AWS::DynamoDB::", None, 20.0),
];

/// The turns that were given so far, by line of the table.
#[derive(Debug, Default)]
pub struct Paces {
    /// An emulator has no rates.
    is_off: bool,
    turns: Mutex<HashMap<usize, Pace>>,
}

impl Paces {
    /// Rates that nobody keeps: for a connection to an endpoint of the user's.
    pub fn off() -> Self {
        Paces {
            is_off: true,
            turns: Mutex::default(),
        }
    }

    /// The moment from which on a resource of this type may be worked on; it is then taken. None where there is no rate.
    pub fn turn(&self, resource_type: &str, action: Action) -> Option<Instant> {
        if self.is_off {
            return None;
        }
        let line = RATES.iter().position(|(start, of, _)| {
            resource_type.starts_with(start) && of.is_none_or(|of| of == action)
        })?;
        let (_, _, rate) = RATES.get(line)?;
        // Whoever panicked while it had the lock left whole turns behind.
        let mut turns = match self.turns.lock() {
            Ok(turns) => turns,
            Err(poisoned) => poisoned.into_inner(),
        };
        let pace = turns.entry(line).or_insert_with(|| Pace::per_second(*rate));
        Some(pace.take())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn deployments_of_an_api_are_five_seconds_apart_and_queues_are_not_held_up() {
        let paces = Paces::default();
        let begun = Instant::now();
        let turns: Vec<Duration> = (0..3)
            .map(|_| {
                let turn = paces.turn("AWS::ApiGateway::Deployment", Action::Create);
                turn.unwrap() - begun
            })
            .collect();
        assert!(turns[1] >= Duration::from_secs(4), "{turns:?}");
        assert!(turns[2] - turns[1] >= Duration::from_secs(5), "{turns:?}");
        assert_eq!(paces.turn("AWS::SQS::Queue", Action::Create), None);
        assert_eq!(
            Paces::off().turn("AWS::Lambda::Function", Action::Create),
            None
        );
    }
}
