/**
 * What makes and parts networks, for `/bin/sh` as root. Everything lives in networks that processes of ours hold, or is
 * the other end of a cable into one: when they die, for whatever reason, the kernel removes it.
 */
const inside = 'inside() { held=$1; shift; nsenter --net=/proc/$held/ns/net "$@"; }';

/** The switch's process, the name of our own card, the first three bytes of the addresses, and each member's process. */
export const layCables = `set -e
${inside}
switch=$1 card=$2 subnet=$3; shift 3
if [ -n "$(ip route show $subnet.0/24)" ]; then
  echo "the addresses $subnet.0/24 are in use here" >&2
  exit 1
fi
inside $switch ip link add bridge0 type bridge
inside $switch ip link set bridge0 up
ip link add $card type veth peer name cable0 netns $switch
ip address add $subnet.1/24 dev $card
ip link set $card up
inside $switch ip link set cable0 master bridge0 up
number=0
for member; do
  number=$((number + 1))
  inside $switch ip link add cable$number type veth peer name eth0 netns $member
  inside $switch ip link set cable$number master bridge0 up
  inside $member ip address add $subnet.$((10 + number))/24 dev eth0
  inside $member ip link set eth0 up
  inside $member ip link set lo up
done`;

const eachOther = (does: string): string => `set -e
${inside}
one=$1 address=$2; shift 2
while [ $# -gt 0 ]; do
  inside $one ip neighbour ${does.replace('ADDRESS', '$2')}
  inside $1 ip neighbour ${does.replace('ADDRESS', '$address')}
  shift 2
done`;

/**
 * The process and the address of one member, and of each of the others. What they send to each other goes to a card
 * that nobody has: it vanishes without a word, as where a network is down, and this machine still reaches both.
 */
export const isolate = eachOther('replace ADDRESS lladdr 02:00:00:00:00:01 dev eth0 nud permanent');

/** The same arguments: everybody asks again who has which address. */
export const rejoin = eachOther('delete ADDRESS dev eth0');
