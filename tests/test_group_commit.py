"""Group commit: when a transaction begins, and who is in it."""

from engage import group_commit


def test_a_lone_request_waits_for_nobody_and_a_stream_shares_its_transactions(monkeypatch):
    clock, batches = [100.0], []
    monkeypatch.setattr(group_commit, "monotonic", lambda: clock[0])

    def together(items):
        batches.append(len(items))
        return items

    class Others:
        """While the leader waits, so many come each time."""

        def __init__(self, coming):
            self.coming, self.waited = coming, 0.0

        def wait(self, seconds):
            self.waited += seconds
            clock[0] += seconds
            carried._waiting += [group_commit._Entry(0) for _one in range(self.coming)]
            return len(carried._waiting) >= group_commit.ENOUGH

        def clear(self):
            pass

    carried = group_commit.Group(together)
    waited = []
    for later, coming in ((1, 1), (0.004, 0), (0.004, 1), (0.004, group_commit.ENOUGH), (1, 1)):
        clock[0] += later
        carried._enough = others = Others(coming)
        assert carried.submit(7) == 7
        waited.append(round(others.waited, 6))
    assert waited == [0, group_commit.PAUSE, round(group_commit.SPACING - 0.004, 6), group_commit.PAUSE, 0]
    assert batches == [1, 1, 5, 9, 1]
