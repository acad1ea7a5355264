package advise

// Category is what a move is good for.
type Category uint8

// The categories; zero is invalid.
const (
	Memory Category = iota + 1
	Performance
	Cost
	Stability
)

var categoryNames = []string{"memory", "performance", "cost", "stability"}

// String is the name on the wire.
func (c Category) String() string { return nameOf(categoryNames, uint8(c)) }

// Values lists the names in order.
func (Category) Values() []string { return categoryNames }

// MarshalText gives the name on the wire.
func (c Category) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// Priority is how much a move matters to a run.
type Priority uint8

// The priorities; zero is invalid.
const (
	High   Priority = iota + 1 // it does not fit the target, or cannot converge
	Medium                     // 10 % of bytes, time or money, or more
	Low
)

var priorityNames = []string{"high", "medium", "low"}

// String is the name on the wire.
func (p Priority) String() string { return nameOf(priorityNames, uint8(p)) }

// Values lists the names in order.
func (Priority) Values() []string { return priorityNames }

// MarshalText gives the name on the wire.
func (p Priority) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// Price is what a move takes in return: the order in which to try them.
type Price uint8

// The prices; zero is invalid.
const (
	Free    Price = iota + 1 // the same result, no slower
	Slower                   // the same result in more time, or from host memory
	Changes                  // another result: it has to be tried
)

var priceNames = []string{"free", "slower", "changes the result"}

// String is the name for people.
func (p Price) String() string { return nameOf(priceNames, uint8(p)) }

func nameOf(names []string, v uint8) string {
	if v == 0 || int(v) > len(names) {
		return "invalid"
	}
	return names[v-1]
}
