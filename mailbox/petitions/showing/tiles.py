"""Where each region stands on the tile map: column and row, counted from 0 at the top left.

The one table to edit for another city. A tile is no border and has no size: the places only keep neighbours together.
A region that is not in it is listed below the map.
"""

PLACES: dict[str, tuple[int, int]] = {
    "qinghe": (1, 0),
    "shiqiao": (2, 0),
    "chengxi": (0, 1),
    "chengdong": (1, 1),
    "liuwan": (2, 1),
    "nanpu": (1, 2),
}
