"""The site's addresses and the empty one before them."""

from benchmarks._empty import extra
from engage.urls import handler400, handler403, handler404, handler429, handler500
from engage.urls import urlpatterns as of_the_site

urlpatterns = [*extra, *of_the_site]
__all__ = ["handler400", "handler403", "handler404", "handler429", "handler500", "urlpatterns"]
