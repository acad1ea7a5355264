package layers

import "vramcalc/calc/tape"

// bucket collects gradients until they are reduced together (IPGBucket).
type bucket struct {
	last     bool           // of the step's micro-batches
	buffers  []*tape.Tensor // two where reduction runs beside backward
	index    int
	elements int64
	params   []int         // whose gradients are in it
	before   []*tape.Param // reduced, cleared with the next reduction
	owned    *tape.Tensor  // gradients of this rank's parameters
}

// arrived is the hook on a parameter's gradient (process_gradients).
func (z *zero) arrived(p *tape.Param) {
	z.setUp()
	if z.b.engine.ZeROStage == 2 || z.b.Software.ZeRO.OverlapComm && z.last {
		z.collect(z.at[p])
	}
}

// setUp makes the buffers of a backward at its first gradient.
func (z *zero) setUp() {
	s := z.settings()
	if len(z.buffers) > 0 || !s.Contiguous {
		return
	}
	n := z.t.Symbol("bucket", "reduce_bucket_size, elements", s.ReduceBucket)
	z.gradients(func() {
		z.buffers = append(z.buffers, z.t.Keep(z.t.Make("reduction bucket", z.dt, []tape.Dim{n})))
		if s.OverlapComm {
			z.buffers = append(z.buffers, z.t.Keep(z.t.Make("second reduction bucket", z.dt, []tape.Dim{n})))
		}
	})
	z.index = 0
}

// collect puts a gradient into the bucket, which is reduced first where there
// is no room (reduce_independent_p_g_buckets_and_remove_grads).
func (z *zero) collect(i int) {
	s, n := z.settings(), z.count[i]
	if z.elements+n > s.ReduceBucket {
		z.reduce()
		if s.Contiguous && s.OverlapComm {
			z.index = 1 - z.index
		}
	}
	switch {
	case !s.Contiguous:
	case n > s.ReduceBucket:
		if z.offloads() { // a copy that nothing else holds
			z.gradients(func() { z.t.SetGrad(z.ps[i], z.t.Make("gradient", z.dt, z.ps[i].Dims())) })
		}
	default:
		z.t.GradInto(z.ps[i], z.buffers[z.index])
	}
	z.elements += n
	z.params = append(z.params, i)
}

// reduce sends the bucket and lets go of what is not this rank's
// (reduce_ipg_grads).
func (z *zero) reduce() {
	s, t := z.settings(), z.t
	if s.Contiguous {
		z.average()
	} else {
		for _, p := range z.before {
			t.ZeroGrad(p)
		}
		z.before = nil
		if len(z.params) > 1 {
			t.Scratch("gradients of the bucket in one piece", tape.N(z.elements*z.dt.Size()))
		}
	}
	for _, i := range z.params {
		p := z.ps[i]
		switch {
		case z.owns[p]:
			switch {
			case z.offloads():
				z.send(p)
			case s.Contiguous:
				z.own(p)
			}
		case z.b.engine.ZeROStage == 1:
		case s.OverlapComm && !s.Contiguous:
			z.before = append(z.before, p)
		default:
			t.ZeroGrad(p)
		}
	}
	z.elements, z.params = 0, nil
}

// average reduces the bucket (average_tensor): its slices by the ranks that
// they belong to are joined to one copy, unless there is only one.
func (z *zero) average() {
	if !z.b.Software.ZeRO.ReduceScatter {
		return
	}
	if z.settings().OverlapComm {
		defer z.t.On(tape.ReduceStream)()
	}
	var slices []int64
	owner := int64(-1)
	for _, i := range z.params {
		end := z.start[i] + z.count[i]
		for at := z.start[i]; at < end; {
			rank := at / z.share
			n := min(end, (rank+1)*z.share) - at
			if rank == owner {
				slices[len(slices)-1] += n
			} else {
				slices = append(slices, n)
			}
			owner, at = rank, at+n
		}
	}
	joined, n := 0, int64(0)
	send := func() {
		if joined > 1 {
			z.t.Scratch("gradients of the bucket in one piece", tape.N(n*z.dt.Size()))
		}
		joined, n = 0, 0
	}
	for _, k := range slices {
		joined, n = joined+1, n+k
		if n > z.b.Software.ZeRO.ReduceBucket {
			send()
		}
	}
	send()
}

// own copies a gradient out of the bucket, which will be overwritten, into a
// buffer for all that touch this rank's share (copy_grads_in_partition).
func (z *zero) own(p *tape.Param) {
	if z.owned == nil {
		var n int64
		for _, i := range z.mine {
			n += z.count[i]
		}
		d := z.t.Symbol("P_owned", "parameters that touch the rank's share", n)
		z.gradients(func() { z.owned = z.t.Keep(z.t.Make("gradients of the rank's share", z.dt, []tape.Dim{d})) })
	}
	z.t.GradInto(p, z.owned)
}
