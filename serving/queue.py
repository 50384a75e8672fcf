"""Screens: the queue of cards, one card, and what a reviewer decides."""

from __future__ import annotations

from fastapi import APIRouter, Depends

from serving.guards import checked_write

router = APIRouter(dependencies=[Depends(checked_write)])
