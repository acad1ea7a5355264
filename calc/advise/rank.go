package advise

import "vramcalc/calc/unit"

// medium is the share of bytes, time or money from which a move is more than of
// low priority.
const medium = 0.10

// least is the share of bytes from which a memory move is worth a place among
// the best.
const least = 0.01

// rank is the place of a move among others.
type rank struct {
	priority Priority
	fits     uint8 // 0 it fits afterwards, 1 it does not
	price    Price
	gain     float64 // part of bytes, of time or of money
	saved    unit.Bytes
	id       string
}

func rankOf(o Advice) rank {
	r := rank{priority: o.Priority, price: o.Price, gain: o.share(), saved: o.Before - o.After, id: o.ID}
	if (o.Category == Performance || o.Category == Cost) && o.Effect.Known() {
		r.gain = o.Effect.share()
	}
	if !o.Fits {
		r.fits = 1
	}
	return r
}

// share is the part of the bytes that is saved.
func (o Advice) share() float64 { return float64(o.Before-o.After) / float64(max(1, o.Before)) }

// priority follows the documented meaning of the three.
func (a *adviser) priority(m *Move, p Proposal, o *Advice) Priority {
	saved, sooner := o.share(), p.Share
	if o.Effect.Known() {
		sooner = o.Effect.share() // measured, in the place of an estimate
	}
	switch {
	case p.Urgent:
		return High
	case m.Category == Memory && !a.Run.Fits() && (o.Fits || saved >= medium):
		return High
	case saved >= medium || sooner >= medium:
		return Medium
	}
	return Low
}

// expected is the rank of a candidate by its tensors alone.
func (a *adviser) expected(c *candidate) rank {
	t := c.proposals[0]
	if !a.Run.Fits() && c.move.Price != Changes {
		t = c.proposals[len(c.proposals)-1]
	}
	after := max(0, a.before-(a.Case.Before.PeakTensor-t.peak))
	o := &Advice{Move: c.move, Before: a.before, After: after, Fits: fitsCard(t.w, after)}
	o.Effect = a.effect(t)
	o.Priority = a.priority(c.move, t.Proposal, o)
	return rankOf(*o)
}
