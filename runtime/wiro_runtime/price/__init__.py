"""What a run may cost, known before it is sent, and limits on money. In US dollars and exact decimals."""
