"""Screens: a case and what is done with it."""

from __future__ import annotations

from fastapi import APIRouter, Depends

from serving.guards import checked_write

router = APIRouter(dependencies=[Depends(checked_write)])
