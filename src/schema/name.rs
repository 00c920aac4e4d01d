//! Which property holds a resource's physical name.

use super::line_of;

static TABLE: &str = include_str!("../../schema/physical-names.tsv");

/// The property that names a resource of this type, or none when there is none, several, or the type is not in the table.
pub fn name_property(resource_type: &str) -> Option<&'static str> {
    let name = line_of(TABLE, resource_type)?.split('\t').nth(1)?;
    (name != "-" && !name.contains(',')).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queues_have_names_and_gateway_deployments_have_none() {
        assert_eq!(name_property("AWS::SQS::Queue"), Some("QueueName"));
        assert_eq!(name_property("AWS::ApiGateway::Deployment"), None);
        assert!(
            TABLE
                .lines()
                .is_sorted_by_key(|line| line.split('\t').next())
        );
    }
}
