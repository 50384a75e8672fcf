"""Screens: looking up mentions and cases."""

from __future__ import annotations

from fastapi import APIRouter, Depends

from serving.guards import checked_write

router = APIRouter(dependencies=[Depends(checked_write)])
