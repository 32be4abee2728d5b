"""What of packs the first page of the Studio shows."""

from consultations.packs.waiting import WAITING
from engage.pages import studio

studio.register(WAITING)
