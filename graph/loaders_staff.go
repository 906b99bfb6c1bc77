package graph

import (
	"context"
	"time"

	"postrider/backoffice"

	"github.com/gofrs/uuid/v5"
	"github.com/vikstrous/dataloadgen"
)

// staffLoaders load values from intake that are not rows. Only fields that are staff's, or of a
// row that the viewer may see, use them.
type staffLoaders struct {
	proposals      *dataloadgen.Loader[uuid.UUID, []backoffice.Proposal]
	waitingWords   *dataloadgen.Loader[int64, []*backoffice.WaitingWord]
	waitingGoals   *dataloadgen.Loader[int64, []*backoffice.WaitingGoal]
	recentCalls    *dataloadgen.Loader[int64, []*backoffice.RecentCalls]
	usedOfCampaign *dataloadgen.Loader[int64, int] // for the campaign's affiliate too
	usedOfOffer    *dataloadgen.Loader[int64, int]
}

func newStaffLoaders(office *backoffice.Office, wait time.Duration) staffLoaders {
	return staffLoaders{
		proposals: dataloadgen.NewMappedLoader(func(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID][]backoffice.Proposal, error) {
			found, err := office.Propose(ctx, ids)
			if err != nil {
				return nil, err
			}
			all := make(map[uuid.UUID][]backoffice.Proposal, len(ids))
			for _, id := range ids {
				all[id] = found[id] // nothing where it is attributed
			}
			return all, nil
		}, dataloadgen.WithWait(wait)),
		waitingWords:   many(wait, office.WaitingWords, func(w *backoffice.WaitingWord) int64 { return w.IntegrationID }),
		waitingGoals:   many(wait, office.WaitingGoals, func(w *backoffice.WaitingGoal) int64 { return w.IntegrationID }),
		recentCalls:    many(wait, office.RecentCalls, func(r *backoffice.RecentCalls) int64 { return r.IntegrationID }),
		usedOfCampaign: dataloadgen.NewMappedLoader(office.Intake.UsedOfCampaigns, dataloadgen.WithWait(wait)),
		usedOfOffer:    dataloadgen.NewMappedLoader(office.Intake.UsedOfOffers, dataloadgen.WithWait(wait)),
	}
}
