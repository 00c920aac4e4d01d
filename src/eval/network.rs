//! `Fn::Cidr`.

use ipnet::IpNet;

use crate::diag::{Diagnostic, Span};
use crate::template::{Node, Value};

use super::argument::{Answered, Stop, arguments, integer, text, wrong};

/// `Fn::Cidr: [block, count, bits]`: the first `count` networks of 2^`bits` addresses each inside `block`. `count` is
/// 1 to 256. Without `bits`, IPv4 networks have 8 bits; IPv6 networks always have 64 or what `bits` says.
/// Source: CloudFormation user guide, "Fn::Cidr".
pub(super) fn cidr(span: Span, argument: &Node) -> Answered {
    let items = arguments(argument, "Fn::Cidr", 2, 3)?;
    let [block, count, bits @ ..] = items else {
        return Err(wrong(argument, "the argument of `Fn::Cidr`", "a list"));
    };
    let written = text(block, "the block of `Fn::Cidr`")?;
    let network: IpNet = written.trim().parse().map_err(|_| {
        fault(
            block.span,
            format!("`{written}` is no CIDR block, such as `10.0.0.0/16`"),
        )
    })?;
    let network = network.trunc();
    let wanted = integer(count, "the count of `Fn::Cidr`")?;
    if !(1..=256).contains(&wanted) {
        return Err(fault(
            count.span,
            "the count of `Fn::Cidr` is 1 to 256".into(),
        ));
    }
    let bits = match bits.first() {
        Some(node) => integer(node, "the bits of `Fn::Cidr`")?,
        None if network.max_prefix_len() == 32 => 8,
        None => 64,
    };
    let networks = subnets(network, bits, wanted as usize)
        .filter(|networks| networks.len() == wanted as usize)
        .ok_or_else(|| {
            fault(
                span,
                format!("`{network}` does not hold {wanted} networks of {bits} bits each"),
            )
        })?;
    let nodes = networks
        .into_iter()
        .map(|network| Node::string(span, network.to_string()))
        .collect();
    Ok(Some(Node::new(span, Value::List(nodes))))
}

fn subnets(network: IpNet, bits: i64, count: usize) -> Option<Vec<IpNet>> {
    let prefix = i64::from(network.max_prefix_len()).checked_sub(bits)?;
    let prefix = u8::try_from(prefix).ok()?;
    let subnets = network.subnets(prefix).ok()?;
    Some(subnets.take(count).collect())
}

fn fault(span: Span, summary: String) -> Stop {
    Stop::Wrong(Box::new(Diagnostic::error("eval/cidr", summary).at(span)))
}
